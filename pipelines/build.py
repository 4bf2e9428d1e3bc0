"""`make build`: workers load what they need while Dagster is loaded here. What a build is, is in `pipelines.job`."""

import gc
import sys

from pipelines import environment


def main() -> int:
    """The exit status: 0 for a complete, valid, published build."""
    environment.get_ready()
    gc.disable()  # what modules make stays: looking for cycles in it again and again takes a fifth of loading it
    try:
        from pipelines import job
    finally:
        gc.freeze()
        gc.enable()
    return job.main()


if __name__ == "__main__":
    sys.exit(main())
