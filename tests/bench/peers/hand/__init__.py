"""The API of the benchmark as a good engineer writes it by hand: Flask, marshmallow, zeep. It knows nothing of us."""
