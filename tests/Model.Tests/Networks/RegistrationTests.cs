using Granary.BuiltIn;
using Granary.Jobs;

namespace Granary.Model.Tests.Networks;

/// <summary>Both halves of what is built in have one name: the compiler sees that both are there, and nobody sees what they call themselves.</summary>
public class RegistrationTests
{
    [Fact]
    public void Every_kind_of_model_has_a_description_and_a_maker_of_its_networks() =>
        Assert.Equal(ModelKinds.BuiltIn.Select(d => d.Kind), BuiltInModels.Makers.Select(m => m.Kind));

    [Fact]
    public void Every_format_has_a_description_and_a_reader() =>
        Assert.Equal(FormatKinds.BuiltIn.Select(d => d.Format), BuiltInFormats.Readers.Select(r => r.Format));
}
