using System.CommandLine;
using System.Globalization;
using System.Net;
using Granary.Client.Display;
using Granary.Contracts.Certificates;

namespace Granary.Client.Commands;

/// <summary><c>granary certs init|issue|rotate|show</c>: a cluster's own CA, in a folder, and the certificates that it has made.</summary>
internal static class CertsCommand
{
    private const string Init = "init", Issue = "issue", Rotate = "rotate", Show = "show";
    private const int LongestDays = 36_500;
    private const int DaysOfAuthority = 3650;
    private const int DaysOfCertificate = 90;

    public static Command Create()
    {
        var action = new Argument<string>("action") { Description = $"{Init}: make a CA; {Issue}: make a certificate; {Rotate}: make it anew; {Show}: what there is." };
        action.AcceptOnlyFromAmong(Init, Issue, Rotate, Show);
        var folder = new Option<string>("--folder") { Description = "The CA's folder.", DefaultValueFactory = _ => "certs" }.IsPath();
        var name = new Option<string?>("--name") { Description = "Of a silo or a client; the first DNS name of its certificate." };
        var address = new Option<string[]>("--address") { Description = "An IP address at which the silo is called; may be given again." };
        var dns = new Option<string[]>("--dns") { Description = "A further DNS name at which it is called; may be given again." };
        var client = new Option<bool>("--client") { Description = "For a client, which may call silos and be none." };
        var days = new Option<int?>("--days") { Description = $"How long it is good. [default: {DaysOfCertificate}, a CA {DaysOfAuthority}]" };
        var all = new Option<bool>("--all") { Description = "Every certificate anew." };
        var ca = new Option<bool>("--ca") { Description = "A new CA beside the old one; both are trusted." };
        var drop = new Option<bool>("--drop-old") { Description = "Trust the newest CA alone." };
        return new Command("certs", "Makes and rotates a cluster's certificates, by a CA of its own in a folder.") { action, folder, name, address, dns, client, days, all, ca, drop }
            .Does((result, _) =>
            {
                var what = result.GetValue(action)!;
                Option[] belong = what switch
                {
                    Init => [days],
                    Issue => [name, address, dns, client, days],
                    Rotate => [name, days, all, ca, drop],
                    _ => [],
                };
                Option[] own = [name, address, dns, client, days, all, ca, drop];
                if (own.FirstOrDefault(o => result.GetResult(o) is { Implicit: false } && !belong.Contains(o)) is { } foreign)
                {
                    throw new UserException(ExitCode.Usage, $"{foreign.Name} has no meaning for certs {what}. See: granary certs --help");
                }

                var store = new CertificateStore(result.GetValue(folder)!);
                var place = result.GetValue(folder)!;
                try
                {
                    switch (what)
                    {
                        case Init:
                            store.Init(Life(result.GetValue(days), DaysOfAuthority));
                            CommandParts.Result($"{place} holds a new CA. Whoever has {Path.Combine(place, "ca.key")} can make certificates: keep it away from silos. Next: granary certs issue --name NAME");
                            break;
                        case Issue:
                            var names = new CertificateNames(
                                result.GetValue(name) ?? throw new UserException(ExitCode.Usage, "certs issue needs the name of a silo or client: --name silo-0"),
                                [.. (result.GetValue(address) ?? []).Select(Ip)],
                                result.GetValue(dns) ?? [],
                                result.GetValue(client));
                            Told(store.Issue(names, Life(result.GetValue(days), DaysOfCertificate)), store, names.IsClient ? "its user's GRANARY_CERTS" : "its silo as --certs");
                            break;
                        case Rotate:
                            Renew(store, result.GetValue(name), result.GetValue(all), result.GetValue(ca), result.GetValue(drop), result.GetValue(days));
                            break;
                        default:
                            CommandParts.Result(Table(store.List()).Text(Terminal.OutputWidth).TrimEnd('\n'));
                            break;
                    }
                }
                catch (CertificateException e)
                {
                    throw new UserException(ExitCode.Usage, e.Message);
                }

                return Task.FromResult(ExitCode.Done);
            });
    }

    private static void Renew(CertificateStore store, string? name, bool all, bool ca, bool drop, int? days)
    {
        if (new[] { name is not null, all, ca, drop }.Count(chosen => chosen) != 1)
        {
            throw new UserException(ExitCode.Usage, "certs rotate takes one of --name NAME, --all, --ca and --drop-old.");
        }

        if (ca)
        {
            store.RotateAuthority(Life(days, DaysOfAuthority));
            CommandParts.Result("there is a new CA, and both are trusted. Give every silo and client its ca.pem; then granary certs rotate --all, and its new certificate; then granary certs rotate --drop-old, and its ca.pem");
        }
        else if (drop)
        {
            store.DropOldAuthorities();
            CommandParts.Result("the newest CA alone is trusted. Give every silo and client its ca.pem");
        }
        else
        {
            foreach (var one in name is null ? store.Names() : [name])
            {
                Told(store.Rotate(one, Life(days, DaysOfCertificate)), store, "its silo or client in the old one's place: it is read without a restart");
            }
        }
    }

    private static void Told(string folder, CertificateStore store, string whom)
    {
        var made = store.List().Last(e => !e.IsAuthority && Path.GetFileName(Path.GetDirectoryName(e.File)) == Path.GetFileName(folder));
        CommandParts.Result(string.Create(CultureInfo.InvariantCulture, $"{folder} holds the certificate of '{made.Names.Name}', good until {made.Expires:yyyy-MM-dd}: give it to {whom}"));
    }

    private static TextTable Table(IReadOnlyList<CertificateEntry> entries)
    {
        var table = new TextTable(text: false, "name", "is", "good until", ">days left", "CA", "addresses and further names");
        foreach (var e in entries)
        {
            table.Add(
                e.Names.Name,
                e.IsAuthority ? "CA" : e.Names.IsClient ? "client" : "silo",
                e.Expires.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Math.Floor((e.Expires - DateTimeOffset.UtcNow).TotalDays).ToString(CultureInfo.InvariantCulture),
                e.IsAuthority ? "" : e.Issuer,
                string.Join(", ", e.Names.Addresses.Select(a => a.ToString()).Concat(e.Names.Dns)));
        }

        return table;
    }

    private static TimeSpan Life(int? days, int usual) => days is null or (>= 1 and <= LongestDays)
        ? TimeSpan.FromDays(days ?? usual)
        : throw new UserException(ExitCode.Usage, string.Create(CultureInfo.InvariantCulture, $"--days is {days}, but must be at least 1 and at most {LongestDays}."));

    private static IPAddress Ip(string text) => IPAddress.TryParse(text, out var address)
        ? address
        : throw new UserException(ExitCode.Usage, $"--address is '{text}', which is no IP address. A name is given as --dns.");
}
