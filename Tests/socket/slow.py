"""Tests that mostly wait: each begins in the background when the suite begins, and its result is taken in its turn."""

import threading
import unittest

import server
from support import SocketTest

_starting = threading.Semaphore(2)
_chosen = []
_begun = False
_lock = threading.Lock()


class SlowTest(SocketTest):
    """A method `slow_…` is the test `test_…`. `persons` gives each a server of its own; none is the suite's."""

    persons = None

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        for name in [name for name in vars(cls) if name.startswith("slow_")]:
            setattr(cls, "test_" + name[5:], SlowTest.taker(name))

    @staticmethod
    def taker(name):
        def take(self):
            begin()
            self.thread.join()
            if self.failure is not None:
                raise self.failure

        take.__name__ = "test_" + name[5:]
        return take

    def __init__(self, method="runTest"):
        super().__init__(method)
        self.own = self.failure = None
        self.isSlow = hasattr(self, "slow_" + method[5:])
        if self.isSlow:
            self.thread = threading.Thread(target=self.work, args=("slow_" + method[5:],), daemon=True)
            _chosen.append(self)

    @property
    def server(self):
        return self.own or server.shared()

    def work(self, name):
        try:
            if self.persons is not None:
                with _starting:
                    self.own = server.Server(persons=self.persons)
            self.prepare()
            getattr(self, name)()
        except BaseException as error:
            self.failure = error
        finally:
            self.doCleanups()
            if self.own is not None:
                self.own.remove()

    def prepare(self):
        """What comes before the test, in the background too."""


def begin():
    """Begins all that were chosen to run."""
    global _begun
    with _lock:
        if _begun:
            return
        _begun = True
    server.shared()
    for test in _chosen:
        test.thread.start()
