using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Granary.Web.Security;

/// <summary>The provider says nothing that can be used, and never has; the message names it.</summary>
internal sealed class OidcSilentException(string message) : Exception(message);

/// <summary>What an OpenID Connect provider says of itself: its name and the keys that it signs with. It is asked when somebody shows a token, again after ten minutes, and where a
/// token is signed by a key that is not known, at most every ten seconds: strangers cost it nothing. Requests share these questions. While it does not answer, what it said last counts.</summary>
/// <param name="settings">The provider.</param>
/// <param name="time">The clock.</param>
internal sealed class OidcProvider(OidcSettings settings, TimeProvider time) : IDisposable
{
    /// <summary>How long it is taken at its word.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(10);

    /// <summary>How long it is not asked again, whatever happens.</summary>
    public static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int LongestAnswer = 1 << 20;

    private readonly Lock _asking = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience, MaxResponseContentBufferSize = LongestAnswer };
    private Task<OpenIdConnectConfiguration>? _answer;
    private OpenIdConnectConfiguration? _last;
    private long _asked;

    /// <summary>What it says.</summary>
    /// <param name="anew">Whether there is reason to think that it says something else by now.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OidcSilentException">It never said anything.</exception>
    public async Task<OpenIdConnectConfiguration> Get(bool anew, CancellationToken cancellation)
    {
        Task<OpenIdConnectConfiguration> answer;
        lock (_asking)
        {
            if (_answer is null || (_answer.IsCompleted && time.GetElapsedTime(_asked) >= (anew || !_answer.IsCompletedSuccessfully ? Between : Age)))
            {
                _asked = time.GetTimestamp();
                _answer = Ask();
            }

            answer = _answer;
        }

        return await answer.WaitAsync(cancellation);
    }

    private async Task<OpenIdConnectConfiguration> Ask()
    {
        try
        {
            var place = settings.Issuer.AbsoluteUri.TrimEnd('/') + "/.well-known/openid-configuration";
            var said = await OpenIdConnectConfigurationRetriever.GetAsync(
                place, new HttpDocumentRetriever(_http) { RequireHttps = settings.Issuer.Scheme == Uri.UriSchemeHttps }, CancellationToken.None);
            if (said.Issuer?.TrimEnd('/') != settings.Issuer.AbsoluteUri.TrimEnd('/'))
            {
                throw new OidcSilentException($"{place} speaks for the issuer '{said.Issuer}', and --oidc-issuer names {settings.Issuer}");
            }

            _last = said;
            return said;
        }
#pragma warning disable CA1031 // whatever it is, nothing can be checked by it
        catch (Exception e)
#pragma warning restore CA1031
        {
            return _last ?? throw new OidcSilentException($"the identity provider {settings.Issuer} cannot be asked: {e.GetBaseException().Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
