"""What learners find wrong with questions."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.course.model import Language
from bot.storage.tables import ReportRow
from bot.storage.upsert import upsert


class Reports:
    """The reports inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def put(
        self, learner_id: int, question_id: str, reason: str, language: Language, now: datetime
    ) -> None:
        """Store a report, in place of what the learner said of this question before.

        language: the one in which it was read: a typo is in one of two texts.
        """
        key = {"learner_id": learner_id, "question_id": question_id}
        values = {"reason": reason, "language": language, "reported_at": now}
        upsert(self._session, ReportRow, key, values)
