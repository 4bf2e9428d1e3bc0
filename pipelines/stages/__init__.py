"""The stages of a build as plain functions: what each needs, what it makes, and the key that says if it is made.

The graph that users see is in `pipelines.assets`; what happens to texts is in `pipelines.passes`, `text` and `names`.
A stage leaves a manifest (JSON) that the next one reads, so that any stage can be run alone.
"""
