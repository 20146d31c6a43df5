"""From the event loop to threads and back: nothing that takes time runs on the loop."""

from asyncio import CancelledError, wrap_future
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Lane:
    """Owns a few threads; NiceGUI's own executors give None at shutdown instead of an error."""

    def __init__(self, threads: int = 8) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="lane")

    async def run(
        self,
        function: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Call a function in a thread. Raises what it raises; CancelledError after `close`."""
        try:
            future = self._pool.submit(function, *args, **kwargs)
        except RuntimeError as error:
            raise CancelledError from error
        return await wrap_future(future)

    def close(self) -> None:
        """Drop what waits; what runs is not waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)
