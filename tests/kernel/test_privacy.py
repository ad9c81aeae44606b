import pytest
from cryptography.fernet import Fernet

from kernel import money, privacy


def test_a_phone_comes_back_as_it_went_and_reads_as_noise():
    token = privacy.encrypt("13812345678")
    assert "13812345678" not in token
    assert privacy.decrypt(token) == "13812345678"


def test_the_key_turns_and_old_secrets_are_still_read(settings):
    old = privacy.encrypt("13812345678")
    settings.PRIVACY_KEYS = [Fernet.generate_key().decode(), *settings.PRIVACY_KEYS]
    fresh = privacy.turned(old)
    settings.PRIVACY_KEYS = settings.PRIVACY_KEYS[:1]
    assert privacy.decrypt(fresh) == "13812345678"


def test_phones_are_masked_in_texts_and_other_numbers_are_not():
    text = "13812345678 打来，订单 2026112200013812345678901"
    assert privacy.mask_phones_in(text) == "138****5678 打来，订单 2026112200013812345678901"


@pytest.mark.parametrize("written", ["+86 138-1234-5678", "138 1234 5678", "13812345678"])
def test_a_phone_is_the_same_however_it_is_written(written):
    assert privacy.keyed_hash(privacy.plain_phone(written)) == privacy.keyed_hash("13812345678")


def test_fen_are_shown_as_yuan_without_rounding():
    assert [money.yuan(fen) for fen in (0, 5, 6800, -1)] == ["0.00", "0.05", "68.00", "-0.01"]
    assert money.per_500_grams(6800, 2500) == 1360
