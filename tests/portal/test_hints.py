"""Help by the words of a matter: dates of rights, numbers to call, and no decision."""

from portal.hints import HINTS, fitting


def test_words_of_the_matter_bring_up_the_dates_that_belong_to_them() -> None:
    assert [hint.title for hint in fitting("老板欠薪三个月", "")] == ["拖欠工资"]
    assert [hint.title for hint in fitting("", "干活时手被压断指，没有认定工伤")] == ["工伤和职业病"]
    assert [hint.title for hint in fitting("被打以后不敢上班")] == ["有人身危险"]
    assert fitting("食堂饭菜不好") == ()


def test_the_dates_are_the_laws() -> None:
    told = {hint.title: hint.text for hint in HINTS}
    assert "1年" in told["拖欠工资"] and "2年" in told["拖欠工资"]
    assert "30日" in told["工伤和职业病"] and "1年" in told["工伤和职业病"]
