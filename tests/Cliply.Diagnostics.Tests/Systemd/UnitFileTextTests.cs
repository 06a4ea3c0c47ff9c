using Cliply.Diagnostics.Systemd;

namespace Cliply.Diagnostics.Tests.Systemd;

public sealed class UnitFileTextTests
{
    [Fact]
    public void WithoutValues_WholeUnit_KeepsEverythingButValues() => UnitFileText.WithoutValues("""
        # /etc/systemd/system/cliply-worker.service
        [Unit]
        Description=Cliply worker

        [Service]
        Environment=NODE_ENV=production "DATABASE_URL=postgres://worker:canary one@db/jobs" 'B=canary two' C=canary\ three D
        EnvironmentFile=-/etc/cliply/worker.env
        PassEnvironment=HOME
        SetCredential=key: canary four
        ExecStart=/usr/bin/node /srv/worker.js
        Environment=
        [Install]
        WantedBy=multi-user.target

        """).Should().Be("""
        # /etc/systemd/system/cliply-worker.service
        [Unit]
        Description=Cliply worker

        [Service]
        Environment=NODE_ENV=‹removed› DATABASE_URL=‹removed› B=‹removed› C=‹removed› D
        EnvironmentFile=-/etc/cliply/worker.env
        PassEnvironment=HOME
        SetCredential=key:‹removed›
        ExecStart=/usr/bin/node /srv/worker.js
        Environment=
        [Install]
        WantedBy=multi-user.target

        """);

    [Theory]
    [InlineData("Environment=A=canary \\\n  B=canary\nExecStart=/x", "Environment=A=‹removed› B=‹removed›\nExecStart=/x")]
    [InlineData("Environment=A=canary \\\n# C=canary\n; D=canary\n  B=canary\nExecStart=/x", "Environment=A=‹removed› B=‹removed›\nExecStart=/x")]
    [InlineData("Environment=\"A=canary \\\ncanary\"\nExecStart=/x", "Environment=A=‹removed›\nExecStart=/x")]
    [InlineData("#Environment=A=canary \\\n#  B=canary\nExecStart=/x", "# Environment=A=‹removed› B=‹removed›\nExecStart=/x")]
    [InlineData("; Environment = A=canary \\\nExecStart=/x", "# Environment=A=‹removed› ‹removed›\nExecStart=/x")]
    [InlineData(" Environment = A=canary\r\nExecStart=/x", "Environment=A=‹removed›\nExecStart=/x")]
    [InlineData("environment=A=canary", "environment=A=‹removed›")]
    [InlineData("UnsetEnvironment=A=canary B", "UnsetEnvironment=A=‹removed› B")]
    [InlineData("SetCredentialEncrypted=key: \\\n  canary \\\n  canary", "SetCredentialEncrypted=key:‹removed›")]
    [InlineData("SetCredential=canary", "SetCredential=‹removed›")]
    [InlineData("Environment=A=canary \\", "Environment=A=‹removed› ‹removed›")]
    [InlineData("Environment=c/anary+==", "Environment=‹removed›")]
    public void WithoutValues_HoweverWritten_NoValueIsLeft(string text, string expected) => UnitFileText.WithoutValues(text).Should().Be(expected);
}
