from src.settings import Settings


def test_lists_are_split_and_blanks_are_nothing():
    got = Settings.from_environment({"ALLOWED_ORIGINS": " http://a/, ,http://b ", "OPENAI_API_KEY": " \n", "OPENAI_BASE_URL": "http://m/v1/"})
    assert got.allowed_origins == ("http://a", "http://b")
    assert got.openai_key == ""
    assert got.openai_url == "http://m/v1"


def test_secrets_are_not_printed():
    got = repr(Settings(auth_secret="hidden-one", openai_key="hidden-two"))
    assert "hidden" not in got
