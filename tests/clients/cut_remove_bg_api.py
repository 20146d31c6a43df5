"""The client `remove-bg-api`, as its readme shows it: KEY, PHOTO, RESULT."""

import sys

from remove_bg_api import RemoveBg

key, photo, result = sys.argv[1:]
client = RemoveBg(key)
client.remove_bg_file(photo, result, raw=False)
assert client.account.get_balance_dict()["total"] == 0
