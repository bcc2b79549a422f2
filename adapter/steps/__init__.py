"""Steps of the pipeline. They never import each other; `pipeline` says in which order they stand."""
