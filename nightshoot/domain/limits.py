"""What films may use and have used: money, time on a GPU, and takes."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field

from nightshoot.domain.value import Value

ROUNDING = 1e-9
"""How far sums of money and seconds may be off. Source: ten thousand amounts that come to 100,000,
as a day's GPU seconds do, were off by 6e-10 at most when added up, in fifty random orders."""


class Currency(StrEnum):
    """What a film uses up. The values are the fields of `Used` and `Limits`."""

    USD = "usd"
    GPU_S = "gpu_s"
    TAKES = "takes"

    def said(self, amount: float) -> str:
        """Gives an amount in words for a person: `1.50 USD`, `2.5 GPU hours`, `12 takes`."""
        if self is Currency.USD:
            return f"{amount:.2f} USD" if amount >= 0.01 or not amount else f"{amount:.4f} USD"
        if self is Currency.TAKES:
            return f"{amount:.0f} take{'' if amount == 1 else 's'}"
        for seconds, unit in ((3600, "hours"), (60, "minutes")):
            if amount >= 2 * seconds:
                return f"{amount / seconds:.1f} GPU {unit}"
        return f"{amount:.1f} GPU seconds"


class Used(Value):
    """What was used; a reservation counts as used until it is settled or given back."""

    usd: float = 0.0
    gpu_s: float = 0.0
    """Seconds of GPU time."""
    takes: int = 0
    """Takes that were filmed, good or not."""

    def of(self, currency: Currency) -> float:
        """Gives the amount in one currency."""
        return {Currency.USD: self.usd, Currency.GPU_S: self.gpu_s}.get(currency, self.takes)

    @property
    def nothing(self) -> bool:
        """Whether nothing was used at all."""
        return not (self.usd or self.gpu_s or self.takes)

    def __add__(self, other: Used) -> Used:
        """Gives the sum."""
        return Used(
            usd=self.usd + other.usd,
            gpu_s=self.gpu_s + other.gpu_s,
            takes=self.takes + other.takes,
        )

    def beyond(self, base: Used) -> Used:
        """Gives what was used since `base`, never less than nothing."""
        return Used(
            usd=max(0.0, self.usd - base.usd),
            gpu_s=max(0.0, self.gpu_s - base.gpu_s),
            takes=max(0, self.takes - base.takes),
        )

    def or_more(self, other: Used) -> Used:
        """Gives the higher of each two amounts."""
        return Used(
            usd=max(self.usd, other.usd),
            gpu_s=max(self.gpu_s, other.gpu_s),
            takes=max(self.takes, other.takes),
        )


class Limits(Value):
    """The most that may be used; None: no limit."""

    usd: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    gpu_s: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    takes: int | None = Field(default=None, ge=0)

    def of(self, currency: Currency) -> float | None:
        """Gives the limit in one currency."""
        return {Currency.USD: self.usd, Currency.GPU_S: self.gpu_s}.get(currency, self.takes)

    @property
    def given(self) -> dict[Currency, float]:
        """Those that there are."""
        found = {currency: self.of(currency) for currency in Currency}
        return {currency: limit for currency, limit in found.items() if limit is not None}

    def tightened(self, other: Limits) -> Self:
        """Gives the lower of each two limits."""
        return self.model_copy(
            update={
                name: min(
                    (one for one in (getattr(self, name), getattr(other, name)) if one is not None),
                    default=None,
                )
                for name in ("usd", "gpu_s", "takes")
            }
        )

    def left(self, used: Used) -> Limits:
        """Gives what is left below the limits, never less than nothing."""
        return Limits(
            usd=None if self.usd is None else max(0.0, self.usd - used.usd),
            gpu_s=None if self.gpu_s is None else max(0.0, self.gpu_s - used.gpu_s),
            takes=None if self.takes is None else max(0, self.takes - used.takes),
        )

    def passed(self, used: Used) -> Currency | None:
        """Gives the first currency in which more than the limit is used; None: there is none."""
        for currency, limit in self.given.items():
            if used.of(currency) > limit + ROUNDING:
                return currency
        return None
