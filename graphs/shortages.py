"""What there is too little of: what it is called in errors, and what a person is told of it."""

from __future__ import annotations

from nightshoot.domain.film import Shortage
from nightshoot.domain.limits import Currency
from nightshoot.errors import BudgetExceeded, TooLate

_CURRENCIES = {
    Currency.USD: Shortage.MONEY,
    Currency.GPU_S: Shortage.GPU_TIME,
    Currency.TAKES: Shortage.TAKES,
}

_NAMES = {
    Shortage.MONEY: "money",
    Shortage.GPU_TIME: "GPU time",
    Shortage.TAKES: "takes",
    Shortage.TIME: "time",
}

_GO_ON = "raise the limit and run `nightshoot resume`, or go on with the film another night"
_IMPOSSIBLE = {
    Shortage.MONEY: f"too little money is left for a keyframe of every shot: {_GO_ON}",
    Shortage.GPU_TIME: f"too little GPU time is left for a keyframe of every shot: {_GO_ON}",
    Shortage.TAKES: f"the film has more shots than takes are left: {_GO_ON}",
    Shortage.TIME: "the film could not end in time, however plainly it were made: set a later end, "
    "or go on with it another time",
}


def shortage_of(error: BudgetExceeded) -> Shortage:
    """Gives what there was too little of, by the error that says so."""
    if isinstance(error, TooLate):
        return Shortage.TIME
    return _CURRENCIES[Currency(error.currency)] if error.currency else Shortage.MONEY


def impossible(lack: Shortage) -> BudgetExceeded:
    """Gives the error that says that a film cannot be made now, for want of this."""
    if lack is Shortage.TIME:
        return TooLate(_IMPOSSIBLE[lack])
    currency = next(one for one, shortage in _CURRENCIES.items() if shortage is lack)
    return BudgetExceeded(_IMPOSSIBLE[lack], currency=currency.value)


def told_plainly(lack: Shortage, camera: str) -> str:
    """Says why some shots are filmed by the plain camera; the same for all of them."""
    if lack is Shortage.CAMERA:
        return (
            f"{camera} filmed some shots from their keyframes alone, as no other camera gave a "
            "take of them that can be shown; they are flagged, and the storyboard page says why. "
            "Reject such a take, with a note, to have it worded anew and filmed as ordered."
        )
    return (
        f"There was too little {_NAMES[lack]} for every shot as ordered: {camera} filmed some from "
        "their keyframes alone, and the storyboard page marks them. Reject such a take to have it "
        "filmed as ordered."
    )
