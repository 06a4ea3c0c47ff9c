using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>A PostgreSQL 15 of its own and a PgBouncer in transaction mode before it, both on free ports of 127.0.0.1, with their data in a temporary folder.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Programs = "/usr/lib/postgresql/15/bin";

    private readonly string _folder = Directory.CreateTempSubdirectory("cliply-postgres-").FullName;
    private Process? _bouncer;
    private int _databases;

    public int Port { get; } = FreePort();

    public int BouncerPort { get; } = FreePort();

    public string AdminConnectionString => $"Host=127.0.0.1;Port={Port};Username=postgres;Database=postgres;Pooling=false";

    public async ValueTask InitializeAsync()
    {
        await RunAsync("chown", "postgres", _folder);
        await AsPostgresAsync($"{Programs}/initdb", "-D", $"{_folder}/data", "-A", "trust", "-U", "postgres");
        await File.WriteAllTextAsync($"{_folder}/data/pg_hba.conf", """
            host all with_password 127.0.0.1/32 scram-sha-256
            host all all 127.0.0.1/32 trust
            host replication all 127.0.0.1/32 trust
            local all all trust

            """);
        await StartAsync();
        await File.WriteAllTextAsync($"{_folder}/pgbouncer.ini", $"""
            [databases]
            * = host=127.0.0.1 port={Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {BouncerPort}
            unix_socket_dir =
            auth_type = trust
            auth_file = {_folder}/users.txt
            pool_mode = transaction
            default_pool_size = 1
            ignore_startup_parameters = extra_float_digits

            """);
        await File.WriteAllTextAsync($"{_folder}/users.txt", "\"postgres\" \"\"\n");
        await RunAsync("chown", "postgres", $"{_folder}/pgbouncer.ini", $"{_folder}/users.txt");
        _bouncer = Process.Start(new ProcessStartInfo("runuser", ["-u", "postgres", "--", "/usr/sbin/pgbouncer", "-q", $"{_folder}/pgbouncer.ini"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        _bouncer!.BeginErrorReadLine();
        _bouncer.BeginOutputReadLine();
        await WaitForPortAsync(BouncerPort);
    }

    public async ValueTask DisposeAsync()
    {
        if (_bouncer is not null)
        {
            _bouncer.Kill(entireProcessTree: true);
            await _bouncer.WaitForExitAsync();
            _bouncer.Dispose();
        }

        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public Task StartAsync(params string[] settings) => AsPostgresAsync(
        $"{Programs}/pg_ctl", "-D", $"{_folder}/data", "-w", "-l", $"{_folder}/log", "-o",
        $"-p {Port} -k {_folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=60 {string.Join(' ', settings)}", "start");

    public Task StopAsync() => AsPostgresAsync($"{Programs}/pg_ctl", "-D", $"{_folder}/data", "-w", "-m", "immediate", "stop");

    /// <summary>A standby of this server, as it is now.</summary>
    /// <returns>Its port.</returns>
    public async Task<int> StartStandbyAsync()
    {
        var port = FreePort();
        await AsPostgresAsync($"{Programs}/pg_basebackup", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "-D", $"{_folder}/standby-{port}", "-R", "-c", "fast");
        await AsPostgresAsync($"{Programs}/pg_ctl", "-D", $"{_folder}/standby-{port}", "-w", "-l", $"{_folder}/standby-{port}-log", "-o", $"-p {port} -k {_folder} -c listen_addresses=127.0.0.1", "start");
        return port;
    }

    public Task StopStandbyAsync(int port) => AsPostgresAsync($"{Programs}/pg_ctl", "-D", $"{_folder}/standby-{port}", "-w", "-m", "immediate", "stop");

    /// <summary>What the server has logged so far.</summary>
    public Task<string[]> ReadLogAsync() => File.ReadAllLinesAsync($"{_folder}/log");

    /// <summary>A new, empty database.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> CreateEmptyDatabaseAsync()
    {
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await using var admin = new NpgsqlConnection(AdminConnectionString);
        await admin.OpenAsync();
        await using var create = new NpgsqlCommand($"create database {name}", admin);
        await create.ExecuteNonQueryAsync();
        return name;
    }

    /// <summary>Roles belong to the whole server, and so to all tests.</summary>
    public async Task EnsureRoleAsync(string role)
    {
        await using var admin = new NpgsqlConnection(AdminConnectionString);
        await admin.OpenAsync();
        await using var command = new NpgsqlCommand($"do $$ begin if not exists (select 1 from pg_roles where rolname = '{role}') then create role {role} login; end if; end $$", admin);
        await command.ExecuteNonQueryAsync();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Task AsPostgresAsync(params string[] command) => RunAsync("runuser", ["-u", "postgres", "--", .. command]);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // pg_ctl's server inherits redirected pipes and would hold them open; so its errors go to a file.
        var errors = Path.Combine(Path.GetTempPath(), $"cliply-postgres-{Guid.NewGuid():N}.err");
        try
        {
            using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "errors=$1; shift; exec \"$@\" >/dev/null 2>\"$errors\" </dev/null", "sh", errors, program, .. arguments]) { WorkingDirectory = "/" })!;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await File.ReadAllTextAsync(errors)}");
            }
        }
        finally
        {
            File.Delete(errors);
        }
    }

    private static async Task WaitForPortAsync(int port)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return;
            }
            catch (SocketException) when (attempt < 100)
            {
                await Task.Delay(50);
            }
        }
    }
}
