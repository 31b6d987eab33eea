"""What is raised when a file is not taken."""


class UploadError(Exception):
    """A file is not taken. The text is for the person who sent it, translated."""
