"""Venues: what a place's own name tells beyond its setting."""

from __future__ import annotations

import pytest

from nightshoot.domain.venue import MODERN, SETTINGS, Venue, venue_of
from nightshoot.domain.vocabulary import Era, Setting


@pytest.mark.parametrize(
    ("place", "setting", "venue"),
    [
        ("医院走廊", Setting.ROOM, Venue.CORRIDOR),
        ("市中心医院的病房", Setting.ROOM, Venue.HOSPITAL),
        ("A hospital corridor at night", Setting.ROOM, Venue.CORRIDOR),
        ("the Hospital", Setting.ROOM, Venue.HOSPITAL),
        ("公司办公室", Setting.ROOM, Venue.OFFICE),
        ("旧教室", Setting.ROOM, Venue.CLASSROOM),
        ("her kitchen", Setting.ROOM, Venue.KITCHEN),
        ("街角咖啡馆", Setting.ROOM, Venue.CAFE),
        ("Two cafes by the river", Setting.ROOM, Venue.CAFE),
        ("便利店", Setting.ROOM, Venue.SHOP),
        ("library", Setting.ROOM, Venue.LIBRARY),
        ("火车车厢", Setting.ROOM, Venue.TRAIN),
        ("inside a car", Setting.STREET, Venue.CAR),
        ("train station", Setting.STREET, Venue.STATION),
        ("火车站", Setting.STREET, Venue.STATION),
        ("夜市", Setting.STREET, Venue.MARKET),
        ("天台", Setting.CITY, Venue.ROOFTOP),
        ("古寺", Setting.PALACE, Venue.TEMPLE),
        ("地牢", Setting.ROOM, Venue.PRISON),
        ("飞船舷窗前", Setting.HEAVEN, Venue.SPACESHIP),
    ],
)
def test_a_place_is_known_by_its_words(place: str, setting: Setting, venue: Venue) -> None:
    assert venue_of(place, setting, Era.MODERN) is venue


@pytest.mark.parametrize(
    "place", ["", "河边", "an old house", "a barn", "scarf", "careful", "皇宫大殿"]
)
def test_other_words_name_no_venue(place: str) -> None:
    assert all(venue_of(place, setting, Era.MODERN) is None for setting in Setting)


def test_a_street_before_a_hospital_is_a_street() -> None:
    assert venue_of("医院外的街道", Setting.STREET, Era.MODERN) is None


def test_the_first_word_that_fits_the_setting_counts() -> None:
    assert (
        venue_of("office opposite the train station", Setting.STREET, Era.MODERN) is Venue.STATION
    )


@pytest.mark.parametrize("venue", list(Venue))
def test_ancient_stories_know_no_modern_venue(venue: Venue) -> None:
    for setting in SETTINGS[venue]:
        assert venue_of(venue.chinese, setting, Era.MODERN) is venue
        old = venue_of(venue.chinese, setting, Era.ANCIENT)
        assert old is (None if venue in MODERN else venue)


def test_no_word_names_two_venues() -> None:
    words = [
        word.casefold() for venue in Venue for word in (venue.value, venue.chinese, *venue.aliases)
    ]
    twice = {word for word in words if words.count(word) > 1}
    assert twice == set()
