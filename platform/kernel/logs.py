"""Logs never carry a phone number."""

import logging

from kernel.privacy import mask_phones_in


class MaskPhones(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        masked = mask_phones_in(text)
        if masked != text:
            record.msg, record.args = masked, ()
        return True
