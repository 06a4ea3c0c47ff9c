using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Benchmarks;

/// <summary>Writes a log, and reads one through the scanner as a file source does.</summary>
internal static class LogScan
{
    /// <summary>One line in five is one of a healthy worker's, one in a hundred an error, the others show nothing.</summary>
    public static void Write(string file, long bytes)
    {
        string[] plain =
        [
            "INFO  request completed method=GET path=/api/workspaces/{0}/clips status=200 durationMs=37",
            "DEBUG ffmpeg frame= {0} fps= 48 q=28.0 size=    5120kB time=00:01:41.20 bitrate= 414.5kbits/s speed=1.61x",
            "INFO  uploading part {0} of 96 to storage bucket=clips key=workspaces/7d9f/renders/final.mp4",
            "INFO  transcript segment {0} accepted, language=en, confidence=0.93, words=41",
        ];
        string[] healthy = ["INFO  Polling for jobs...", "INFO  Heartbeat sent for job {0}", "INFO  Claimed job {0} (kind: TRANSCRIBE)", "INFO  Job {0} completed"];
        string[] errors = ["ERROR connect ECONNREFUSED 10.0.0.1:5432 attempt {0}", "ERROR ffmpeg timed out after 600 s in job {0}", "WARN  TikTok answered 401 to request {0}", "ERROR ENOENT: no such file or directory, open '/tmp/source-{0}.mp4'"];
        var random = new Random(1);
        var time = new DateTime(2026, 11, 24, 0, 0, 0, DateTimeKind.Utc);
        using var writer = new StreamWriter(file, append: false, new UTF8Encoding(false), 1 << 20);
        long written = 0;
        while (written < bytes)
        {
            var kind = random.Next(100);
            var texts = kind == 0 ? errors : kind <= 20 ? healthy : plain;
            time = time.AddMilliseconds(random.Next(20));
            var line = string.Format(CultureInfo.InvariantCulture, "{0:yyyy-MM-ddTHH:mm:ss.fffZ} {1}\n", time, string.Format(CultureInfo.InvariantCulture, texts[random.Next(texts.Length)], random.Next(1_000_000)));
            writer.Write(line);
            written += line.Length;
        }
    }

    /// <summary>The phrases that the built-in patterns look for, for other programs to look for the same.</summary>
    public static void WritePhrases(string file) => File.WriteAllLines(file, BuiltInLogPatterns.All.SelectMany(p => p.Phrases));

    /// <summary>Reads it twice, and prints the seconds and the lines found of each.</summary>
    public static void Read(string file, LogScanDetail detail)
    {
        for (var i = 0; i < 2; i++)
        {
            ReadOnce(file, detail);
        }
    }

    private static void ReadOnce(string file, LogScanDetail detail)
    {
        var start = Stopwatch.GetTimestamp();
        var scanner = new LogScanner(new LogPatternMatcher(), detail);
        using (var handle = File.OpenHandle(file, options: FileOptions.SequentialScan))
        {
            var buffer = new byte[64 * 1024];
            long offset = 0;
            int read;
            while ((read = RandomAccess.Read(handle, buffer, offset)) > 0)
            {
                scanner.Append(buffer.AsSpan(0, read));
                offset += read;
            }
        }

        var evidence = scanner.Complete("file", DateTimeOffset.UnixEpoch);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalSeconds:0.000} {evidence.Findings!.Sum(f => f.Count)}"));
    }
}
