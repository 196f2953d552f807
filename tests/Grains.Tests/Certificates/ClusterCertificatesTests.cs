using Granary.Contracts.Certificates;
using Microsoft.Extensions.Time.Testing;

namespace Granary.Grains.Tests;

/// <summary>Certificates are read again when their files have changed.</summary>
public sealed class ClusterCertificatesTests : IDisposable
{
    private static readonly TimeSpan Life = TimeSpan.FromDays(300);

    private readonly TestCertificates _certificates = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly List<string> _said = [];

    public void Dispose() => _certificates.Dispose();

    private ClusterCertificates Open(string folder)
    {
        var opened = ClusterCertificates.Open(folder, _time);
        opened.Say = _said.Add;
        return opened;
    }

    // A handshake begins, a moment later.
    private string Next(ClusterCertificates certificates)
    {
        _time.Advance(TimeSpan.FromSeconds(2));
        return certificates.Accepting(new PeerCheck(PeerRole.Silo)).ServerCertificateContext!.TargetCertificate.SerialNumber;
    }

    [Fact]
    public void A_rotated_certificate_is_used_from_the_next_handshake_on()
    {
        var folder = _certificates.Issue("silo");
        var certificates = Open(folder);
        var before = Next(certificates);
        Assert.Equal(before, Next(certificates));
        Assert.Empty(_said);
        _certificates.Store.Rotate("silo", Life);
        var after = Next(certificates);
        Assert.NotEqual(before, after);
        Assert.Equal(after, Next(certificates));
        Assert.StartsWith($"certificates read anew from {folder}: 'silo'", Assert.Single(_said));
    }

    [Fact]
    public void Half_a_change_leaves_the_earlier_ones_in_use_until_it_is_whole()
    {
        var folder = _certificates.Issue("silo");
        var certificates = Open(folder);
        var before = Next(certificates);
        var key = Path.Combine(folder, "silo.key");
        var old = File.ReadAllText(key);
        _certificates.Store.Rotate("silo", Life);
        var rotated = File.ReadAllText(key);
        File.WriteAllText(key, old);
        Assert.Equal(before, Next(certificates));
        Assert.Equal(before, Next(certificates));
        Assert.Contains("silo.key: this is not the key to ", Assert.Single(_said));
        File.WriteAllText(key, rotated);
        Assert.NotEqual(before, Next(certificates));
        Assert.Equal(2, _said.Count);
    }

    [Fact]
    public void A_certificate_that_has_not_long_to_live_is_told_of()
    {
        var certificates = Open(_certificates.Issue("silo"));
        Assert.Null(certificates.Warning);
        _time.Advance(TimeSpan.FromDays(80));
        Assert.Contains("granary certs rotate --name silo", certificates.Warning);
    }
}
