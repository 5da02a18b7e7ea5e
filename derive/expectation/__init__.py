"""Random inputs, and expectations, variances and covariances of what is computed from them, step by step."""

from __future__ import annotations

from derive.expectation.laws import Moment, RandomVariable

__all__ = ["Moment", "RandomVariable"]
