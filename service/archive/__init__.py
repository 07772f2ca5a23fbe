"""Checking an archive of card copies again: plan, shards, engines, results, report.

1. list the archive and group its files into items               sources, pairing
2. cut the items into shards whose names follow from their content   plan
3. work the shards off, on this machine or on several              local, cluster
   each card of an item read and judged in a process of its own    survey, rows, child
4. each shard is written once, by renaming; what is there is skipped  shard
5. links between cards, tables and the report                      links, table, report
"""
