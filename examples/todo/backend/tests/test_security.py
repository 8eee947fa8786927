from src.security import LIFETIME, hash_password, make_token, password_matches, read_token


def test_a_password_matches_its_own_hash_and_no_other():
    one, two = hash_password("correct horse"), hash_password("correct horse")
    assert one != two, "each has a salt of its own"
    assert "correct" not in one
    assert password_matches("correct horse", one) and password_matches("correct horse", two)
    assert not password_matches("correct horsf", one)


def test_a_broken_hash_matches_nothing():
    for stored in ("", "scrypt", "scrypt$x", "scrypt$AAAA$", "md5$AAAA$AAAA", "scrypt$!!!$AAAA"):
        assert not password_matches("", stored)


def test_a_token_names_its_user_until_its_end():
    token = make_token("secret", "7", now=1000)
    assert read_token("secret", token, now=1000 + LIFETIME - 1) == "7"
    assert read_token("secret", token, now=1000 + LIFETIME) is None


def test_a_forged_token_names_nobody():
    token = make_token("secret", "7", now=1000)
    payload, signature = token.split(".")
    other = make_token("secret", "8", now=1000).split(".")[0]
    for forged in (make_token("other", "7", now=1000), f"{other}.{signature}", payload, f"{payload}.", f".{signature}", "", "é.é"):
        assert read_token("secret", forged, now=1000) is None, forged
