"""The URLs of every public page, and every combination of answers."""

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
    "/about/how-we-score/",
    "/sources/",
    "/sources/risks/",
    "/options/",
    "/options/print/",
    "/questions/",
    "/questions/print/",
    "/learn/",
    "/learn/what-are-stem-cells/",
    "/learn/how-it-is-meant-to-work/",
    "/learn/three-cell-sources/",
    "/learn/is-it-approved/",
    "/learn/what-the-studies-say/",
    "/learn/what-the-studies-say/print/",
    "/learn/choosing-a-clinic/",
    "/learn/warning-signs/",
    "/learn/risks-of-marrow/",
    "/learn/risks-of-fat/",
    "/learn/risks-of-injection/",
    "/learn/risks-of-cells/",
    "/learn/risks-of-medicines/",
    "/money-and-approval/",
    "/money-and-approval/print/",
    "/helping-someone/",
    "/helping-someone/print/",
    "/after/hand/",
    "/after/hand/print/",
    "/evidence/",
    "/evidence/knee-cells-against-steroid/",
    "/search/",
    "/v/",
    "/diary/",
    "/diary/print/",
    "/stages/recovery/print/",
    "/risks/print/short/",
    "/visit/",
    "/visit/print/",
)
# All pages on one sheet. Tests read it, but not in every variant: that takes too long.
WHOLE_GUIDE = "/guide/print/"
EVERY_PATH = (*PATHS, WHOLE_GUIDE)
ANSWERS = (
    "",
    *(
        f"?area={area}&cells={cells}"
        for area in ("joint", "hand")
        for cells in ("bone-marrow", "fat", "prepared")
    ),
)
