using System.Reflection;

namespace Granary.Architecture.Tests;

/// <summary>What programs with models of their own are written against: a change to it breaks them, so it must be meant.</summary>
public class PublicApiTests
{
    private const string File = "tests/Architecture.Tests/own-models-api.txt";

    private static readonly (string Assembly, string Type)[] Types =
    [
        ("Granary.Contracts", "Granary.Contracts.CheckpointId"),
        ("Granary.Grains", "Granary.Grains.Channel.IBlockCodec"),
        ("Granary.Grains", "Granary.Grains.Checkpoints.CheckpointName"),
        ("Granary.Grains", "Granary.Grains.Checkpoints.ICheckpointStore"),
        ("Granary.Grains", "Granary.Grains.Checkpoints.StoreUnavailableException"),
        ("Granary.Grains", "Granary.Grains.GranarySilo"),
        ("Granary.Jobs", "Granary.Jobs.ImageSize"),
        ("Granary.Jobs", "Granary.Jobs.InputShape"),
        ("Granary.Jobs", "Granary.Jobs.JobException"),
        ("Granary.Jobs", "Granary.Jobs.LearnedTarget"),
        ("Granary.Jobs", "Granary.Jobs.ModelDescription"),
        ("Granary.Model", "Granary.Model.Networks.INetwork"),
        ("Granary.Model", "Granary.Model.Networks.INetworkMaker"),
        ("Granary.Model", "Granary.Model.Custom.DataPart"),
        ("Granary.Model", "Granary.Model.Custom.IDataFormat"),
        ("Granary.Model", "Granary.Model.Custom.LabelledRows"),
        ("Granary.Model", "Granary.Model.Custom.ModelOptions"),
        ("Granary.Model", "Granary.Model.Custom.OptimizerOptions"),
        ("Granary.Model", "Granary.Model.Custom.OwnFormats"),
        ("Granary.Model", "Granary.Model.Custom.OwnModel"),
        ("Granary.Model", "Granary.Model.Custom.OwnModels"),
        ("Granary.Model", "Granary.Model.Custom.OwnOptimizers"),
        ("Granary.Model", "Granary.Model.Onnx.IOnnxNetwork"),
        ("Granary.Model", "Granary.Model.Onnx.OnnxGraph"),
        ("Granary.Model", "Granary.Model.Onnx.OnnxOperators"),
        ("Granary.Model", "Granary.Model.Onnx.OnnxValue"),
        ("Granary.Model", "Granary.Model.Training.IOptimizer"),
        ("Granary.Model", "Granary.Model.Training.UpdateRun`1"),
        ("Granary.Silo", "Granary.Silo.SiloProgram"),
        ("Granary.Silo", "Granary.Silo.Storage.ClusterStoreSettings"),
        ("Granary.Silo", "Granary.Silo.Storage.ClusterStores"),
        ("Granary.Silo", "Granary.Silo.Storage.IClusterStore"),
        ("Granary.Silo", "Granary.Silo.Storage.S3.S3CheckpointStore"),
    ];

    [Fact]
    public void The_api_for_models_of_ones_own_is_the_one_written_down()
    {
        var actual = string.Concat(Types.Select(t => Describe(SiloAssemblies.Load(t.Assembly).GetType(t.Type, throwOnError: true)!)));
        var expected = Repository.Read(File).ReplaceLineEndings("\n");
        if (Environment.GetEnvironmentVariable("GRANARY_UPDATE_API") == "1")
        {
            System.IO.File.WriteAllText(Path.Combine(Repository.Root, File), actual);
            expected = actual;
        }

        Assert.True(expected == actual, $"The API for models of one's own has changed. If that is meant, run this test once with "
            + $"GRANARY_UPDATE_API=1, which writes {File}, and say so in CHANGELOG.md. It is now:\n{actual}");
    }

    [Fact]
    public void Everything_in_the_namespace_for_them_is_pinned() => Assert.Equal(
        Types.Select(t => t.Type).Where(t => t.StartsWith("Granary.Model.Custom.", StringComparison.Ordinal)),
        SiloAssemblies.Load("Granary.Model").GetExportedTypes().Select(t => t.FullName!).Where(t => t.StartsWith("Granary.Model.Custom.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    private static string Describe(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var members = type.GetMembers(Declared).Where(IsOpen).Select(m => $"    {Describe(m)}\n").Distinct().Order(StringComparer.Ordinal);
        return $"{(type.IsAbstract && type.IsSealed ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "")}{type.FullName} : {SiloAssemblies.Name(type.BaseType ?? typeof(object))}\n"
            + string.Concat(members);
    }

    // What another assembly can call or override; what the compiler writes for a record is no promise of ours.
    private static bool IsOpen(MemberInfo member) => member switch
    {
        MethodBase method => (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly) && (!method.IsSpecialName || method.IsConstructor)
            && !method.IsDefined(typeof(System.Runtime.CompilerServices.CompilerGeneratedAttribute)) && method.Name[0] != '<',
        PropertyInfo property => property.GetMethod is { } get && IsOpenGetter(get),
        FieldInfo field => field.IsPublic || field.IsFamily,
        _ => false,
    };

    private static bool IsOpenGetter(MethodInfo get) => get.IsPublic || get.IsFamily;

    private static string Describe(MemberInfo member) => member switch
    {
        MethodInfo m => $"{Access(m)}{(m.IsStatic ? "static " : m.IsAbstract ? "abstract " : m.IsVirtual ? "virtual " : "")}{SiloAssemblies.Name(m.ReturnType)} {m.Name}"
            + $"{(m.IsGenericMethod ? $"<{string.Join(", ", m.GetGenericArguments().Select(SiloAssemblies.Name))}>" : "")}({Parameters(m)})",
        ConstructorInfo c => $"{Access(c)}.ctor({Parameters(c)})",
        PropertyInfo p => $"{SiloAssemblies.Name(p.PropertyType)} {p.Name} {{ {(p.GetMethod is null ? "" : "get; ")}{(p.SetMethod is null ? "" : "set; ")}}}",
        FieldInfo f => $"{SiloAssemblies.Name(f.FieldType)} {f.Name}",
        _ => member.ToString()!,
    };

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(
        p => $"{SiloAssemblies.Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? $" = {p.RawDefaultValue ?? "null"}" : "")}"));
}
