using System.Net;
using System.Text;
using System.Text.Json;
using Cliply.Diagnostics.Redaction;

namespace Cliply.Diagnostics.Tests.Redaction;

/// <summary>All secrets here are made up.</summary>
public sealed class SecretRedactorTests
{
    private static readonly RedactionOptions Fixed = new() { Key = new byte[16] };

    public static TheoryData<string> Shapes => [.. TextShape.All.Select(s => s.Name)];

    [Fact]
    public void Canaries_OfEachKind_AreAtLeastFive()
    {
        Canary.All.Should().HaveCountGreaterThanOrEqualTo(80);
        Canary.All.GroupBy(c => c.Kind).Should().OnlyContain(g => g.Count() >= 5);
        Canary.All.Select(c => c.Kind).Should().Contain(
        [
            "url-credentials", "connection-string", "query-password", "jwt", "jwt-service-role", "supabase-secret", "supabase-access", "sentry-dsn", "sentry-token",
            "aws", "stripe", "google", "slack", "discord", "bearer", "basic", "cookie", "signed-url", "pem", "github", "named-value",
        ]);
        Canary.All.Should().OnlyContain(c => c.SeenIn(c.Text) != null);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Redact_UnknownCanaryInShape_IsGone(string shape)
    {
        var redactor = new SecretRedactor();
        Leaks(shape, redactor, c => c.Text).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Redact_KnownCanaryInShape_IsGone(string shape)
    {
        var redactor = new SecretRedactor(Canary.All.Select(c => c.Secret));
        Leaks(shape, redactor, c => $"value {c.Secret} there").Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Redact_RedactedAgain_StaysAsItIs(string shape)
    {
        var redactor = new SecretRedactor(Canary.All.Where((_, i) => i % 2 == 0).Select(c => c.Secret));
        var written = TextShape.All.Single(s => s.Name == shape);
        foreach (var canary in Canary.All)
        {
            var once = redactor.Redact(written.Write(canary.Text));
            redactor.Redact(once).Should().Be(once);
            redactor.Find(once).Should().BeNull($"{canary.Kind} became {once}");
        }
    }

    [Fact]
    public void Find_RedactedThenEscaped_FindsNothing()
    {
        var redactor = new SecretRedactor();
        var redacted = redactor.Redact(string.Join('\n', Canary.All.Select(c => c.Text)));
        foreach (var shape in TextShape.All)
        {
            var written = shape.Write(redacted);
            redactor.Find(written).Should().BeNull($"{shape.Name}: {(redactor.Find(written) is { } found ? written[(int)Math.Max(0, found.Position - 80)..(int)Math.Min(written.Length, found.Position + 80)] : "")}");
            redactor.Redact(shape.Write(redacted)).Should().Be(shape.Write(redacted), shape.Name);
        }
    }

    [Fact]
    public void Find_CanaryLeft_IsFoundInTextAndBytes()
    {
        var unknown = new SecretRedactor();
        var known = new SecretRedactor(Canary.All.Select(c => c.Secret));
        foreach (var shape in TextShape.All)
        {
            foreach (var canary in Canary.All.Where(c => shape.KeepsLines || !c.NeedsOwnLine))
            {
                var text = shape.Write(canary.Text);
                unknown.Find(text).Should().NotBeNull($"{canary.Kind} in {shape}: {text}");
                unknown.Find(Encoding.UTF8.GetBytes(text)).Should().NotBeNull();
                known.Find(shape.Write($"is {canary.Secret} it")).Should().NotBeNull($"{canary.Kind} in {shape}");
            }
        }
    }

    [Theory]
    [InlineData("connect postgres://u:canary@p@h/d failed", "connect postgres://‹secret:99b1›@h/d failed", SecretKind.UrlCredentials)]
    public void Find_Secret_SaysKindAndPlace(string text, string expected, SecretKind kind)
    {
        var redactor = new SecretRedactor(options: Fixed);
        redactor.Redact(text).Should().Be(expected);
        redactor.Find(text).Should().Be(new SecretFinding(kind, expected.IndexOf('‹', StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("sealed in CANARY-made-up-1 here", SecretKind.Known, 10)]
    [InlineData("x password=canary", SecretKind.NamedValue, 11)]
    [InlineData("see https://key1234@o1.ingest.sentry.io/1", SecretKind.UrlCredentials, 12)]
    [InlineData("x eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoieCJ9.canary", SecretKind.WebToken, 2)]
    [InlineData("é sb_secret_canary", SecretKind.ProviderToken, 2)]
    [InlineData("sent Bearer canary-canary", SecretKind.AuthorizationScheme, 12)]
    [InlineData("https://hooks.slack.com/services/T0CANARY/B0CANARY/canary00", SecretKind.Webhook, 33)]
    [InlineData("-----BEGIN X-----\nQ0FOQVJZQ0FOQVJZ\n-----END X-----", SecretKind.PemBlock, 0)]
    public void Find_EachKind_IsTold(string text, SecretKind kind, int position)
    {
        var redactor = new SecretRedactor(["CANARY-made-up-1"]);
        redactor.Find(text).Should().Be(new SecretFinding(kind, position));
        redactor.Find(Encoding.UTF8.GetBytes(text)).Should().Be(new SecretFinding(kind, Encoding.UTF8.GetByteCount(text.AsSpan(0, position))));
    }

    [Fact]
    public void Find_LargeBytesWithSecretAtAnyPlace_FindsIt()
    {
        var redactor = new SecretRedactor(["CANARY-made-up-1"]);
        var line = Encoding.UTF8.GetBytes("INFO nothing to be seen in thé line\n");
        var filler = Enumerable.Repeat(line, 12_000).SelectMany(b => b).ToArray();
        var secret = "CANARY-made-up-1"u8.ToArray();
        redactor.Find(filler).Should().BeNull();

        foreach (var place in new[] { 0, 65_530, 131_060, 131_071, 131_072, 196_600, 262_140, filler.Length - secret.Length })
        {
            var bytes = filler.ToArray();
            secret.CopyTo(bytes, place);
            var found = redactor.Find(bytes);
            found!.Kind.Should().Be(SecretKind.Known);
            found.Position.Should().BeInRange(place, place + 1);
        }
    }

    [Fact]
    public void Find_SecretInUtf16Bytes_IsFound() =>
        new SecretRedactor(["CANARY-made-up-1"]).Find(Encoding.Unicode.GetBytes("x CANARY-made-up-1"))!.Kind.Should().Be(SecretKind.Known);

    [Theory]
    [InlineData("job 7d9f1f3c-0000-4000-8000-000000000000 claimed by worker-7d9f8c:1234:1764000000000")]
    [InlineData("worker-secret-1:12:1764000000000 and my-token-worker:1:1764000000000 run")]
    [InlineData("{\"workerId\":\"cliply-auth-7d9f:12:1764000000000\",\"jobId\":\"7d9f1f3c-0000-4000-8000-000000000000\"}")]
    [InlineData("commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567 (HEAD -> main)")]
    [InlineData("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("ghcr.io/cliply/worker@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  bundle/report.json")]
    [InlineData("docker.io/cliply/token-auth:1.2.3 and cliply/auth:v2.0.1-rc.1")]
    [InlineData("2026-11-24T05:20:00.123456789Z INFO started in 00:00:01.5")]
    [InlineData("open '/var/lib/cliply/secrets/readme.txt': ENOENT")]
    [InlineData("PWD=/app HOME=/root OLDPWD=/ GOOGLE_APPLICATION_CREDENTIALS=/etc/cliply/key.json")]
    [InlineData("C:\\Users\\worker\\new\\token.txt")]
    [InlineData("ffmpeg version 5.1.6-0+deb12u1 Copyright (c) 2000-2024")]
    [InlineData("payload eyJqb2JJZCI6IjdkOWYifQ== accepted")]
    [InlineData("{\"payload\":\"aGVsbG8gd29ybGQsIHRoaXMgaXMgYSBqb2I=\"}")]
    [InlineData("tokens=1500 max_tokens: 4096 completion_tokens=12 token_count=3")]
    [InlineData("pass=12 fail=0 skip=1")]
    [InlineData("token expired, authorization failed, password authentication failed for user \"worker\"")]
    [InlineData("SUPABASE_SERVICE_ROLE_KEY: missing\nSENTRY_DSN: is set, but blank\nAPI_KEY: neither a JWT of three parts nor a key")]
    [InlineData("Unexpected token: } in JSON at position 3")]
    [InlineData("cache_key=clips/7d9f primary_key=12 idempotency-key: job-7d9f CACHE_KEY=e3b0c44298fc1c149afbf4c8996fb924")]
    [InlineData("kubectl create secret generic cliply-env --from-literal=SUPABASE_SERVICE_ROLE_KEY='<key>' --from-literal=KEY=...")]
    [InlineData("psql \"$DATABASE_URL\" -c 'select 1' and export DATABASE_URL=postgres://user:password@host:5432/db")]
    [InlineData("docker run -e API_KEY=${API_KEY} -e DB_PASSWORD=$DB_PASSWORD -u 1000:1000 cliply/worker")]
    [InlineData("Use postgres://user:password@host:5432/database, or an Npgsql connection string such as Host=…;Password=…;Database=…")]
    [InlineData("a key that starts with sb_secret_ or sb_secret_…, never sb_secret_xxxx")]
    [InlineData("secretName: cliply-env\nimagePullSecrets:\n- name: registry\nautomountServiceAccountToken: false\ntokenExpirationSeconds: 3607")]
    [InlineData("env:\n- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: cliply-env\n      key: db-password")]
    [InlineData("see https://medium.com/@cliply/post, https://cdn.example/npm/pkg@1.2.3/x.js and http://localhost:8080/a@b")]
    [InlineData("git+ssh://git@github.com/cliply/worker.git ssh://git@github.com/cliply/worker")]
    [InlineData("at Cliply.Tokens.TokenService.GetToken() in /src/TokenService.cs:line 12")]
    [InlineData("-----BEGIN PRIVATE KEY----- was not found in the file")]
    [InlineData("Bearer authentication is required; Basic authentication failed; WWW-Authenticate: Bearer realm=\"x\"")]
    [InlineData("select id, token from sessions where token = $1 and password = ?")]
    [InlineData("if (password == null) throw new ArgumentNullException(nameof(password));")]
    [InlineData("asiapacificnortheast task-abcdefghijklmnopqrstuvwxyz risk-1 akiakiakiakiakiaki")]
    [InlineData("{\"password\":null,\"token\":\"\",\"apiKey\":\"[redacted]\",\"secret\":\"***\"}")]
    [InlineData("Function signature: worker_finish(uuid, uuid, jsonb)")]
    [InlineData("joe@example.com called from 10.0.0.7")]
    public void Redact_NoSecret_Stays(string text)
    {
        var redactor = new SecretRedactor();
        redactor.Redact(text).Should().Be(text);
        redactor.Find(text).Should().BeNull();
        foreach (var shape in TextShape.All)
        {
            redactor.Redact(shape.Write(text)).Should().Be(shape.Write(text), shape.Name);
        }
    }

    [Fact]
    public void Find_WhatThisRepositoryPublishes_FindsNothing()
    {
        var redactor = new SecretRedactor();
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Published"), "*", SearchOption.AllDirectories);
        files.Should().HaveCountGreaterThan(15);
        foreach (var file in files)
        {
            redactor.Redact(File.ReadAllText(file)).Should().Be(File.ReadAllText(file), Path.GetFileName(file));
        }
    }

    [Fact]
    public void Redact_OneSecretInEveryEncoding_HasOneToken()
    {
        const string Secret = "CANARY m/ade \"up\" + é&1";
        var redactor = new SecretRedactor([Secret], Fixed);
        var json = JsonSerializer.Serialize(Secret)[1..^1];
        string[] forms =
        [
            Secret, Secret.ToUpperInvariant(), Secret.ToLowerInvariant(), json, json.Replace("/", "\\/", StringComparison.Ordinal), JsonSerializer.Serialize(json)[1..^1],
            Uri.EscapeDataString(Secret), Uri.EscapeDataString(Secret).Replace("%20", "+", StringComparison.Ordinal), WebUtility.UrlEncode(Secret), WebUtility.UrlEncode(Secret).ToLowerInvariant(),
            Uri.EscapeDataString(Uri.EscapeDataString(Secret)), WebUtility.HtmlEncode(Secret), System.Text.Encodings.Web.HtmlEncoder.Default.Encode(Secret),
        ];

        foreach (var form in forms)
        {
            redactor.Redact($"a {form} b").Should().Be("a ‹secret:938f› b", form);
            redactor.Redact($"password=\"{form}\"").Should().Be("password=\"‹secret:938f›\"", form);
        }
    }

    [Fact]
    public void Redact_KnownSecretInBase64_IsReplacedWhateverStandsAroundIt()
    {
        const string Secret = "CANARY-made-up-é>?1";
        var redactor = new SecretRedactor([Secret]);
        for (var before = 0; before < 7; before++)
        {
            for (var after = 0; after < 4; after++)
            {
                var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', before) + Secret + new string('y', after)));
                foreach (var form in new[] { base64, base64.TrimEnd('='), base64.Replace('+', '-').Replace('/', '_'), base64.ToLowerInvariant(), Uri.EscapeDataString(base64) })
                {
                    var redacted = redactor.Redact($"data {form} end");

                    redacted.Should().MatchRegex("^data [a-zA-Z0-9+/_-]{0,8}‹secret:[0-9a-f]{4}›[a-zA-Z0-9+/_=%-]{0,9} end$", form);
                    var left = redacted["data ".Length..redacted.IndexOf('‹', StringComparison.Ordinal)];
                    left.Length.Should().BeLessThanOrEqualTo(before * 8 / 6);
                }
            }
        }
    }

    [Fact]
    public void Redact_SameSecretFromSeveralPlaces_HasOneToken() =>
        new SecretRedactor(options: Fixed).Redact("postgres://worker:canary1@db/x Host=db;Password=canary1;Port=1 {\"password\":\"canary1\"} --password canary1")
            .Should().Be("postgres://‹secret:35d2›@db/x Host=db;Password=‹secret:35d2›;Port=1 {\"password\":\"‹secret:35d2›\"} --password ‹secret:35d2›");

    [Fact]
    public void Redact_ServiceRole_IsSaid()
    {
        var canaries = Canary.All.Where(c => c.Kind == "jwt-service-role").ToList();
        var redactor = new SecretRedactor();
        var known = new SecretRedactor(canaries.Select(c => c.Secret));
        foreach (var canary in canaries)
        {
            redactor.Redact(canary.Text).Should().MatchRegex("‹service_role:[0-9a-f]{4,16}›");
            known.Redact($"x {canary.Secret}").Should().MatchRegex("^x ‹service_role:[0-9a-f]{4,16}›$");
        }

        Canary.All.Where(c => c.Kind == "jwt").Should().OnlyContain(c => !redactor.Redact(c.Text).Contains("service_role"));
    }

    [Fact]
    public void Redact_ManySecrets_HaveTokensOfTheirOwn()
    {
        var redactor = new SecretRedactor(options: Fixed);
        var text = string.Join(' ', Enumerable.Range(0, 40_000).Select(i => $"password=canary{i}"));

        var redacted = redactor.Redact(text);

        redacted.Split(' ').Distinct().Should().HaveCount(40_000);
        redactor.Redact(text).Should().Be(redacted);
        redactor.Redact(redacted).Should().Be(redacted);
        redacted.Should().MatchRegex("‹secret:[0-9a-f]{4}›").And.MatchRegex("‹secret:[0-9a-f]{8}›").And.MatchRegex("‹secret:[0-9a-f]{16}›");
    }

    [Fact]
    public void Redact_OtherKey_GivesOtherTokens()
    {
        new SecretRedactor().Redact("password=canary1").Should().NotBe(new SecretRedactor().Redact("password=canary1"));
        new SecretRedactor(options: Fixed).Redact("password=canary1").Should().Be(new SecretRedactor(options: Fixed).Redact("password=canary1"));
    }

    [Fact]
    public void Constructor_ShortKey_Throws() =>
        FluentActions.Invoking(() => new SecretRedactor(options: new RedactionOptions { Key = new byte[15] })).Should().Throw<ArgumentException>()
            .WithMessage("The key has 15 bytes. Give at least 16, or none for a random one. (Parameter 'key')");

    [Theory]
    [InlineData("true")]
    [InlineData("postgres")]
    [InlineData("abc12")]
    [InlineData("worker")]
    [InlineData("xxxxxxxx")]
    [InlineData("${DB_PASSWORD}")]
    [InlineData("        ")]
    public void Redact_KnownSecretThatTellsNothing_IsReplacedByItsKeyOnly(string secret)
    {
        var redactor = new SecretRedactor([secret]);
        redactor.Redact($"the {secret} of it").Should().Be($"the {secret} of it");
        redactor.Redact("password=abc12 x").Should().MatchRegex("^password=‹secret:[0-9a-f]{4}› x$");
    }

    [Fact]
    public void Redact_OverlappingSecrets_LeavesNothingOfEither()
    {
        var redactor = new SecretRedactor(["CANARYabcdef", "abcdefCANARY", "CANARY", "abcdefCANARYx"], Fixed);
        redactor.Redact("-CANARYabcdefCANARYx-").Should().MatchRegex("^-‹secret:[0-9a-f]{4}›-$");
        redactor.Redact("password=xCANARYx; postgres://u:CANARY@CANARYabcdef@h").Should().MatchRegex("^password=‹secret:[0-9a-f]{4}›; postgres://‹secret:[0-9a-f]{4}›@h$");
        redactor.Redact("CANARYabcdefCANARYabcdef").Should().MatchRegex("^‹secret:[0-9a-f]{4}›$");
    }

    [Fact]
    public void Redact_KeyOfSeveralLines_IsFoundByEachLine()
    {
        var pem = Canary.All.First(c => c.Kind == "pem").Secret;
        var line = pem.Split('\n')[2];
        new SecretRedactor([pem]).Redact($"x {line} y").Should().MatchRegex("^x ‹secret:[0-9a-f]{4}› y$");
    }

    [Theory]
    [InlineData("joe.doe+x@mail.example.com wrote", "‹email:264a› wrote")]
    [InlineData("pkg@1.2.3 image@sha256:abc a@b", "pkg@1.2.3 image@sha256:abc a@b")]
    [InlineData("from 10.0.0.7:5432 and 203.0.113.9, not 127.0.0.1 or 0.0.0.0", "from ‹ip:f096›:5432 and ‹ip:aeba›, not 127.0.0.1 or 0.0.0.0")]
    [InlineData("[2001:db8::1]:443 fe80::1 not ::1 nor 12:34:56 nor host:12:1764000000000", "[‹ip:7eca›]:443 ‹ip:f0ce› not ::1 nor 12:34:56 nor host:12:1764000000000")]
    [InlineData("v1.2.3.4 10.0.26100.1 1.2.3 face:1", "v1.2.3.4 10.0.26100.1 1.2.3 face:1")]
    public void Redact_AddressesByOption_AreReplaced(string text, string expected)
    {
        var redactor = new SecretRedactor(options: Fixed with { Emails = true, IpAddresses = true });
        redactor.Redact(text).Should().Be(expected);
        redactor.Redact(expected).Should().Be(expected);
        new SecretRedactor(options: Fixed).Redact(text).Should().Be(text);
    }

    [Theory]
    [InlineData("DATABASE_URL", "postgres://worker:can%40ary1@db/x", new[] { "worker:can%40ary1", "can%40ary1", "can@ary1" })]
    [InlineData("API_TOKEN", "canary1234", new[] { "canary1234" })]
    [InlineData("ConnectionStrings:Cliply", "Host=db;Password=\"can;ary1\";Port=1", new[] { "can;ary1" })]
    [InlineData("Stripe:ApiKey", " canary-12 ", new[] { " canary-12 ", "canary-12" })]
    [InlineData("GOOGLE_APPLICATION_CREDENTIALS", "/etc/key.json", new string[0])]
    [InlineData("DB_PASSWORD_FILE", "/run/secrets/db", new string[0])]
    [InlineData("TOKEN_URL", "https://auth.example/token", new string[0])]
    [InlineData("DEEPGRAM_KEY", "canary0123456789", new[] { "canary0123456789" })]
    [InlineData("CACHE_KEY", "7d9f1f3c-0000-4000-8000-000000000000", new string[0])]
    [InlineData("PATH", "/usr/bin:/bin", new string[0])]
    [InlineData("API_TOKEN", null, new string[0])]
    public void SecretsIn_Setting_AreItsSecrets(string name, string? value, string[] expected) =>
        SecretRedactor.SecretsIn(name, value).Should().BeEquivalentTo(expected);

    [Fact]
    public async Task Redact_ByManyAtOnce_IsTheSame()
    {
        var redactor = new SecretRedactor(["CANARY-made-up-1"], Fixed);
        var text = string.Join('\n', Canary.All.Select(c => c.Text));
        var expected = new SecretRedactor(["CANARY-made-up-1"], Fixed).Redact(text);

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => redactor.Redact(text))));

        results.Should().AllBe(expected);
    }

    private static List<string> Leaks(string shape, SecretRedactor redactor, Func<Canary, string> text)
    {
        var written = TextShape.All.Single(s => s.Name == shape);
        var leaks = new List<string>();
        foreach (var canary in Canary.All.Where(c => written.KeepsLines || !c.NeedsOwnLine))
        {
            var redacted = redactor.Redact(written.Write(text(canary)));
            var seen = canary.SeenIn(redacted);
            try
            {
                seen ??= canary.SeenIn(written.Read(redacted));
            }
            catch (JsonException)
            {
                seen = "no JSON any more";
            }

            if (seen is not null)
            {
                leaks.Add($"{canary.Kind}: '{seen}' in {redacted}");
            }
        }

        return leaks;
    }
}
