"""Prints a table of how long each verb takes; called by run.sh."""
import os, statistics, subprocess, time

folder, finished, port = os.environ["FOLDER"], int(os.environ["FINISHED"]), os.environ["PGPORT"]
tools = {"native": [f"{folder}/native/cliply"], "portable": ["dotnet", f"{folder}/portable/cliply.dll"]}


def job_id(state):
    query = f"select id from jobs where state = '{state}' limit 1"
    return subprocess.check_output(["psql", "-h", "127.0.0.1", "-p", port, "-U", "postgres", "-Atc", query], text=True).strip()


running, dead, done = job_id("running"), job_id("dead_letter"), job_id("done")
env_file = f"{folder}/.env"
with open(env_file, "w") as file:
    file.write("DATABASE_URL=postgres://localhost/cliply\nNODE_ENV=production\n")
verbs = [
    ("explain", ["explain", "no-workers-running"]),
    ("check env", ["check", "env", "--file", env_file]),
    ("jobs stats", ["jobs", "stats"]),
    ("jobs status, whole id", ["jobs", "status", running]),
    ("jobs status, 12 digits of a finished job's", ["jobs", "status", done[:14]]),
    ("dlq list", ["dlq", "list"]),
    ("dlq list --kind", ["dlq", "list", "--kind", "CLIP_RENDER"]),
    ("dlq inspect", ["dlq", "inspect", dead]),
    ("workers status", ["workers", "status", "--no-local", "--auto", "false"]),
    ("readyz, with ffmpeg and yt-dlp", ["readyz"]),
    ("diagnose", ["diagnose", "--no-local", "--auto", "false"]),
    ("bundle", ["bundle", "--no-local", "--auto", "false", "--output-file", f"{folder}/bundle.tar.gz"]),
]


def milliseconds(command):
    start = time.perf_counter()
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    elapsed = (time.perf_counter() - start) * 1000
    if os.path.exists(f"{folder}/bundle.tar.gz"):
        os.remove(f"{folder}/bundle.tar.gz")
    if ended.returncode not in (0, 1, 2, 3):
        raise SystemExit(f"{command} ended with {ended.returncode}: {ended.stderr.decode()}")
    return elapsed


print(f"\n## {finished:,} finished rows\n\n| verb | {' | '.join(tools)} |\n| --- | {' | '.join('---:' for _ in tools)} |")
for name, arguments in verbs:
    cells = []
    for tool in tools.values():
        milliseconds(tool + arguments)
        cells.append(f"{statistics.median(milliseconds(tool + arguments) for _ in range(10)):.0f} ms")
    print(f"| {name} | {' | '.join(cells)} |", flush=True)
psql = ["psql", "-h", "127.0.0.1", "-p", port, "-U", "postgres", "-Atc", "select state from jobs limit 1"]
print(f"| psql with one query | {statistics.median(milliseconds(psql) for _ in range(10)):.0f} ms | |", flush=True)
