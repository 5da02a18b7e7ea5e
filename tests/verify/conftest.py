"""What the tests of this room share."""


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: takes more than five seconds")
