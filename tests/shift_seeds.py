"""An IPython extension for `make seeds`: every seed that a chapter sets becomes another one.

Shifts by $SEED_SHIFT what is handed to torch.manual_seed, torch.Generator.manual_seed, numpy's default_rng and seed,
random.seed and random.Random, to a gymnasium environment's reset, and to scikit-learn wherever it takes an integer
`random_state`.
"""

import os
import random

import gymnasium
import numpy as np
import sklearn.utils
import sklearn.utils.validation
import torch

SHIFT = int(os.environ.get("SEED_SHIFT", "0"))


def shifted(seed):
    return (
        seed + SHIFT
        if isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
        else seed
    )


def shift_first(function):
    """`function` with its first argument, the seed, shifted."""

    def with_other_seed(seed=None, *args, **kwargs):
        return function(shifted(seed), *args, **kwargs)

    return with_other_seed


def shift_reset(reset):
    """A gymnasium environment's `reset` with its seed, a keyword, shifted."""

    def with_other_seed(self, *, seed=None, **options):
        return reset(self, seed=shifted(seed), **options)

    return with_other_seed


class Generator(torch.Generator):
    def manual_seed(self, seed):
        return super().manual_seed(shifted(seed))


class Random(random.Random):
    def seed(self, a=None, version=2):
        super().seed(shifted(a), version)


def load_ipython_extension(ip):
    torch.manual_seed = torch.random.manual_seed = shift_first(torch.manual_seed)
    torch.Generator = Generator
    np.random.default_rng = shift_first(np.random.default_rng)
    np.random.seed = shift_first(np.random.seed)
    random.seed = shift_first(random.seed)
    random.Random = Random
    gymnasium.Env.reset = shift_reset(gymnasium.Env.reset)
    # Before any other part of scikit-learn is imported: they take the function by name.
    check = shift_first(sklearn.utils.validation.check_random_state)
    sklearn.utils.check_random_state = sklearn.utils.validation.check_random_state = (
        check
    )
