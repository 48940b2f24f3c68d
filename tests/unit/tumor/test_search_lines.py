"""What lines meet: bounds that geometry gives."""

from xenosim.tumor.search_lines import different_sites, sites_a_depth


def test_a_line_meets_about_a_site_per_site_of_depth() -> None:
    # Straight up it meets 0.58 (along a diagonal) to 1 (along an axis) a site; jitter adds to it.
    assert 0.83 < sites_a_depth() < 1.0


def test_lines_of_one_cell_share_the_sites_beside_it() -> None:
    one, five = different_sites(1, 10.0), different_sites(5, 10.0)
    assert 7.0 < one < 10.0
    assert 3.5 * one < five < 5.0 * one
    assert different_sites(5, 10.0) == five
