"""Search: common questions with their answers, signs, and places of pages.

`words` folds and stems; `lexicon` knows what words mean the same; `spelling` mends
mistakes; `query` reads what was typed. `questions`, `symptoms` and `place_index` find;
`engine` keeps their indexes; `found` puts the results in order. No query is stored.
"""
