"""What is said of a photo or a file that is sent with it."""

from app.forms import fields
from app.forms.base import Form

ALT_LENGTH = 300


class FileForm(Form):
    """A document says itself what it is about; what is said of it is its link's text."""

    description: fields.line(ALT_LENGTH) = ""  # type: ignore[valid-type]


class PhotoForm(FileForm):
    """Of a photo it is said what can be seen, for those who can't."""

    description: fields.line(ALT_LENGTH, 1)  # type: ignore[valid-type]
