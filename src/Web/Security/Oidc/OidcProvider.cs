using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Granary.Web.Security;

/// <summary>The provider says nothing that can be used, and never has.</summary>
internal sealed class OidcSilentException() : Exception("the identity provider cannot be asked");

/// <summary>What an OpenID Connect provider says of itself: its name and the keys that it signs with. It is asked when somebody shows a token, again after ten minutes, and where a
/// token is not signed by a key that is known, at most every ten seconds. Requests share these questions, and wait for one only where nothing was said before that would do. While it does not answer, what it said last counts.</summary>
/// <param name="settings">The provider.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told why it cannot be asked; callers are not.</param>
internal sealed partial class OidcProvider(OidcSettings settings, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>How long it is taken at its word.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    /// <summary>How long it is not asked again, whatever happens.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int LongestAnswer = 1 << 20;
    private const int LongestReason = 200;

    private readonly Lock _asking = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience, MaxResponseContentBufferSize = LongestAnswer };
    private Task<OpenIdConnectConfiguration>? _answer;
    private OpenIdConnectConfiguration? _last;
    private string? _trouble;
    private long _asked;

    /// <summary>What it says.</summary>
    /// <param name="than">What was not enough, so that another answer is waited for; null: any will do.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OidcSilentException">It never said anything.</exception>
    public async Task<OpenIdConnectConfiguration> Get(OpenIdConnectConfiguration? than, CancellationToken cancellation)
    {
        Task<OpenIdConnectConfiguration> answer;
        lock (_asking)
        {
            if (_last is not null && !ReferenceEquals(_last, than))
            {
                Ask(_answer!.IsCompletedSuccessfully && _trouble is null ? Age : Between);
                return _last;
            }

            answer = Ask(Between);
        }

        return await answer.WaitAsync(cancellation);
    }

    // The question that is asked now, or was asked no longer than that ago.
    private Task<OpenIdConnectConfiguration> Ask(TimeSpan age)
    {
        if (_answer is null || (_answer.IsCompleted && time.GetElapsedTime(_asked) >= age))
        {
            _asked = time.GetTimestamp();
            _answer = Task.Run(Question);
        }

        return _answer;
    }

    private async Task<OpenIdConnectConfiguration> Question()
    {
        try
        {
            var place = settings.Issuer.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";
            var said = await OpenIdConnectConfigurationRetriever.GetAsync(
                place, new HttpDocumentRetriever(_http) { RequireHttps = settings.Issuer.Scheme == Uri.UriSchemeHttps }, CancellationToken.None);
            if (!settings.Names(said.Issuer))
            {
                throw new IOException("what is there speaks for another issuer");
            }

            lock (_asking)
            {
                if (_trouble is not null)
                {
                    LogBack(settings.Issuer);
                }

                (_last, _trouble) = (said, null);
            }

            return said;
        }
#pragma warning disable CA1031 // whatever it is, nothing can be checked by it
        catch (Exception e)
#pragma warning restore CA1031
        {
            var cause = e.GetBaseException();
            var reason = e is OperationCanceledException || cause is OperationCanceledException or TimeoutException ? FormattableString.Invariant($"it has not answered within {Patience.TotalSeconds} s")
                : cause is HttpRequestException or IOException or System.Net.Sockets.SocketException ? cause.Message
                : $"its answer cannot be read ({cause.GetType().Name})";
            lock (_asking)
            {
                if (_trouble != reason)
                {
                    _trouble = reason;
                    LogSilent(settings.Issuer, reason.Length > LongestReason ? reason[..LongestReason] : reason);
                }

                return _last ?? throw new OidcSilentException();
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The identity provider {Issuer} cannot be asked: {Reason}")]
    private partial void LogSilent(Uri issuer, string reason);

    [LoggerMessage(LogLevel.Information, "The identity provider {Issuer} can be asked again")]
    private partial void LogBack(Uri issuer);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
