"""Every public page, and every combination of answers."""

PATHS = (
    "/",
    *(
        f"/stages/{kind}/"
        for kind in (
            "consultation",
            "preparation",
            "harvesting",
            "injection",
            "monitoring",
            "recovery",
            "follow-up",
        )
    ),
    "/checklist/",
    "/checklist/print/",
    "/risks/",
    "/risks/print/",
    "/get-help/",
    "/words/",
    "/privacy/",
    "/accessibility/",
    "/about/",
    "/sources/",
)
ANSWERS = (
    "",
    *(
        f"?area={area}&cells={cells}"
        for area in ("joint", "hand")
        for cells in ("bone-marrow", "fat", "prepared")
    ),
)
