"""`python -m cli` is `derive`."""

import sys

from cli.main import main

sys.exit(main())
