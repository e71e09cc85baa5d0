"""A stage in the shape of today, with lines of the checklist, folds and questions."""

SAMPLE_CHECKLIST = """---
title: Your checklist
summary: What to plan.
---

Do not stop a medicine unless the doctor who prescribes it agrees.

## One week before

- [ ] Arrange your ride home. {#ride-home day=-7}

  After sedation you must not drive. Ask a friend, or call your clinic.

::: only cells=fat
- [ ] Lay out clothes that fit over a snug wrap. {#clothes-for-wrap day=-1}

  Ask if your clinic gives you the wrap.
:::

- [ ] Keep your dressing clean and dry. {#dressing day=0..1}

  Ask how long.
"""

SAMPLE_STAGE = """---
title: Recovery
summary: What to expect in the days after your visit.
message: Rest first, then move a little more each day.
stage: recovery
key_facts:
  drive: Ask your clinic when you may drive again.
---

## Ask your clinic

- How long should I rest?
- When may I drive?

## What happens

::: steps
1. You rest for a few days.
2. You move a little more each day.
:::

## How it may feel

You may be sore. It should slowly ease.

## What to do

Follow your clinic's instructions. It is not FDA-approved for joints.
Some people feel no change. Waiting is a choice.

::: tasks
- ride-home
- clothes-for-wrap
- dressing
- gone
:::

## What can go wrong

Common: soreness and a bruise. Serious: infection and bleeding.

::: more Less common harms
Nerve pain, numb skin.
:::

## Questions people ask

### When may I drive?

Ask your clinic.

::: only area=hand
A splint can make it hard.

### When may I grip?

Ask your clinic.
:::

### Is swelling normal?

Mild swelling is common.

## More

::: more What was studied
Few studies looked at rest.
:::
"""
