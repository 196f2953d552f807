using System.Reflection;

namespace Granary.Architecture.Tests;

/// <summary>What silos and clients of two builds say to each other, and what grains keep in the store: grain calls, and the fields of all that is serialized.</summary>
public class WireTests
{
    private const string File = "tests/Architecture.Tests/wire.txt";

    private static readonly string[] Assemblies = ["Granary.Jobs", "Granary.Contracts", "Granary.Grains"];

    private const BindingFlags Fields = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    [Fact]
    public void What_two_builds_say_to_each_other_is_what_is_written_down()
    {
        var protocol = SiloAssemblies.Load("Granary.Contracts").GetType("Granary.Contracts.WireProtocol", throwOnError: true)!.GetField("Number")!.GetRawConstantValue();
        var types = Assemblies.SelectMany(a => SiloAssemblies.Load(a).GetTypes()).ToArray();
        var actual = $"protocol {protocol}\n"
            + string.Concat(types.Where(t => t.IsInterface && Text(t, "AliasAttribute") is not null).Select(Calls).Order(StringComparer.Ordinal))
            + string.Concat(types.Where(t => Has(t, "GenerateSerializerAttribute")).Select(Record).Order(StringComparer.Ordinal));
        var path = Path.Combine(Repository.Root, File);
        if (Environment.GetEnvironmentVariable("GRANARY_UPDATE_API") == "1")
        {
            System.IO.File.WriteAllText(path, actual);
        }

        Assert.True(Repository.Read(File).ReplaceLineEndings("\n") == actual, "What builds of Granary say to each other, or keep in the store, has changed. Where one of before could not follow, "
            + "because something that was there now has another type or meaning, raise WireProtocol.Number; VersionedStateSerializer.Format where it is kept, and the number in ClusterJson.Path where commands get it. "
            + $"Then run this test once with GRANARY_UPDATE_API=1, which writes {File}. It is now:\n{actual}");
    }

    [Fact]
    public void There_is_something_to_hold_against_it() => Assert.True(Repository.Read(File).Split('\n').Length > 300, $"{File} names too little");

    private static string Calls(Type type) => $"{Text(type, "AliasAttribute")}\n"
        + string.Concat(type.GetMethods().Select(m => $"    {SiloAssemblies.Name(m.ReturnType)} {Text(m, "AliasAttribute") ?? m.Name}({string.Join(", ", m.GetParameters().Select(p => SiloAssemblies.Name(p.ParameterType)))})\n")
            .Order(StringComparer.Ordinal));

    private static string Record(Type type) => $"{Text(type, "AliasAttribute") ?? type.FullName}\n"
        + (type.IsEnum
            ? string.Concat(Enum.GetNames(type).Select(n => $"    {Convert.ToInt64(type.GetField(n)!.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)} {n}\n"))
            : string.Concat(type.GetProperties(Fields).Select(p => (Member: (MemberInfo)p, Type: p.PropertyType)).Concat(type.GetFields(Fields).Select(f => (Member: (MemberInfo)f, Type: f.FieldType)))
                .Where(m => Has(m.Member, "IdAttribute")).Select(m => (Id: Number(m.Member), m.Type)).OrderBy(m => m.Id)
                .Select(m => $"    {m.Id} {SiloAssemblies.Name(m.Type)}\n")));

    // By name: the assemblies that are looked at have an Orleans of their own.
    private static CustomAttributeData? Attribute(MemberInfo member, string name) => member.GetCustomAttributesData().FirstOrDefault(a => a.AttributeType.Name == name);

    private static bool Has(MemberInfo member, string attribute) => Attribute(member, attribute) is not null;

    private static string? Text(MemberInfo member, string attribute) => Attribute(member, attribute)?.ConstructorArguments[0].Value as string;

    private static uint Number(MemberInfo member) => (uint)Attribute(member, "IdAttribute")!.ConstructorArguments[0].Value!;
}
