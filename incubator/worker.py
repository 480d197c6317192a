"""The job worker: `huey_consumer incubator.worker.huey`."""

from config import from_environment

from . import create_app
from .core import jobs

app = create_app(from_environment())
huey = jobs.consumer()
