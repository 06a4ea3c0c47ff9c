using System.Diagnostics;
using System.Formats.Tar;
using Cliply.Diagnostics.Docker.Tests.Podman;

[assembly: AssemblyFixture(typeof(PodmanEngine))]

namespace Cliply.Diagnostics.Docker.Tests.Podman;

/// <summary>
/// A Podman of the tests' own: storage, locks and socket in a temporary folder, an image that holds busybox, and the
/// service that answers as Docker does. All of it is gone afterwards.
/// </summary>
public sealed class PodmanEngine : IAsyncLifetime
{
    private const string Image = "localhost/cliply-busybox:test";
    private static readonly string[] Programs = ["podman", "runc", "busybox"];
    private static readonly string[] Usual = ["/usr/sbin", "/usr/bin", "/bin", "/usr/local/bin", "/sbin"];

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"cliply-{Guid.NewGuid():N}"[..19]);
    private readonly SemaphoreSlim _one = new(1);
    private Process? _service;
    private string? _unusable;

    public string Socket => Path.Combine(_folder, "engine.sock");

    public string Endpoint => $"unix://{Socket}";

    public async ValueTask InitializeAsync()
    {
        var missing = Programs.Where(p => Find(p) is null).ToList();
        if (missing.Count > 0)
        {
            _unusable = $"containers can't run here: {string.Join(", ", missing)} not installed (apt-get install podman runc busybox-static)";
            return;
        }

        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "containers.conf"), $"""
            [engine]
            lock_type = "file"
            tmp_dir = "{_folder}/tmp"
            events_logger = "none"
            """);
        await WriteImageAsync(Path.Combine(_folder, "image.tar"));
        try
        {
            await PodmanAsync("import", Path.Combine(_folder, "image.tar"), Image);
            var probe = await RunAsync("probe", ["--label=cliply.test=probe"], "true");
            await PodmanAsync("wait", probe);
            await PodmanAsync("rm", "--force", probe);
        }
        catch (InvalidOperationException exception)
        {
            _unusable = $"containers can't run here: {exception.Message}";
            return;
        }

        _service = Start(["system", "service", "--time=0", Endpoint], standardError: false);
        var stopwatch = Stopwatch.StartNew();
        while (!File.Exists(Socket))
        {
            if (_service.HasExited || stopwatch.Elapsed > TimeSpan.FromMinutes(1))
            {
                _unusable = "containers can't run here: podman system service opened no socket";
                return;
            }

            await Task.Delay(50);
        }
    }

    /// <summary>Skips the test where no container can run; in CI, where they must, that is a failure.</summary>
    public void MustRunContainers()
    {
        if (_unusable is null)
        {
            return;
        }

        if (!string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("CI")))
        {
            Assert.Fail(_unusable);
        }

        Assert.Skip(_unusable);
    }

    /// <summary>Starts a container that runs a shell script, and answers with its name.</summary>
    public async Task<string> RunAsync(string name, string[] options, string script)
    {
        await PodmanAsync([
            "run", "--detach", "--name", name, "--network=none", "--log-driver=k8s-file", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000",
            .. options, Image, "sh", "-c", script]);
        return name;
    }

    public async Task<string> PodmanAsync(params string[] arguments)
    {
        // One at a time: the tests share two cores with everything else.
        await _one.WaitAsync();
        try
        {
            using var process = Start(arguments, standardError: true);
            var errors = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            return process.ExitCode == 0 ? output.Trim() : throw new InvalidOperationException($"podman {arguments[0]} ended with {process.ExitCode}: {(await errors).Trim()}");
        }
        finally
        {
            _one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Directory.Exists(_folder))
        {
            return;
        }

        try
        {
            await PodmanAsync("rm", "--all", "--force", "--time=0");
        }
        finally
        {
            if (_service is not null)
            {
                _service.Kill();
                await _service.WaitForExitAsync();
                _service.Dispose();
            }

            _one.Dispose();
            await NothingRunsThereAsync();
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>A container's monitor clears up behind it in a process of its own, which would make the folder anew.</summary>
    private async Task NothingRunsThereAsync()
    {
        var stopwatch = Stopwatch.StartNew();
        while (Directory.EnumerateDirectories("/proc").Any(IsOurs))
        {
            if (stopwatch.Elapsed > TimeSpan.FromMinutes(2))
            {
                throw new TimeoutException("A process of the tests' containers did not end.");
            }

            await Task.Delay(100);
        }

        bool IsOurs(string process)
        {
            try
            {
                return char.IsAsciiDigit(Path.GetFileName(process)[0]) && File.ReadAllText(Path.Combine(process, "cmdline")).Contains(_folder, StringComparison.Ordinal);
            }
            catch (IOException)
            {
                // It has ended meanwhile.
                return false;
            }
        }
    }

    private Process Start(string[] arguments, bool standardError)
    {
        var start = new ProcessStartInfo(Find("podman")!)
        {
            RedirectStandardOutput = standardError,
            RedirectStandardError = standardError,
            Environment = { ["CONTAINERS_CONF"] = Path.Combine(_folder, "containers.conf") },
        };
        foreach (var argument in (string[])[
            "--root", Path.Combine(_folder, "root"), "--runroot", Path.Combine(_folder, "run"), "--tmpdir", Path.Combine(_folder, "tmp"),
            "--storage-driver=vfs", "--cgroup-manager=cgroupfs", "--runtime", Find("runc")!, "--log-level=fatal", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static string? Find(string program) => Usual.Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static async Task WriteImageAsync(string path)
    {
        await using var file = File.Create(path);
        await using var tar = new TarWriter(file);
        foreach (var folder in (string[])["bin", "tmp", "proc", "dev", "sys", "etc"])
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = (UnixFileMode)0x1ED });
        }

        await tar.WriteEntryAsync(Find("busybox")!, "bin/busybox");
        foreach (var applet in (string[])["sh", "sleep", "echo", "cat", "tail", "true", "kill"])
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{applet}") { LinkName = "busybox" });
        }
    }
}
