"""What several scenarios do with processes, as `in-python-words.ts` does it for ours."""
from time import sleep


def settle(condition):
    """Waits until the condition holds, as long as that takes: no scenario depends on how fast the machine is."""
    while not condition():
        sleep(0.01)


def start_all(processes):
    for process in processes:
        process.start()
    return processes


def join_all(processes):
    for process in processes:
        process.join()
