using System.Text.Json;
using Granary.Jobs;
using Granary.Model.Data;
using Granary.Model.Files;
using Granary.Model.Networks;
using Granary.Model.Tests.Data;
using Granary.Model.Tests.Files;
using Granary.Model.Tests.Own;
using Granary.Model.Training;
using static TorchSharp.torch;

namespace Granary.Model.Tests.Training;

/// <summary>Weights that start from a file go by the names of classes, features and tokens: each row is looked up here by hand.</summary>
public sealed class InitialNamesTests : IDisposable
{
    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private Job Job(TrainedModel start, ModelSection? model = null, DataSection? data = null)
    {
        SampleModels.Write(start, _folder["start.safetensors"]);
        return new Job(
            1, "j", (model ?? start.Model) with { Init = _folder["start.safetensors"] }, data ?? start.Data, new TrainingSection { Epochs = 1, Seed = 11 });
    }

    /// <summary>The weights that a job starts with, and those that it would start with without the file, by parameter.</summary>
    private static (Parameters Flat, Parameters Seeded) Start(Job job, DataFacts facts)
    {
        var shape = ModelShape.Of(job.Model, facts.Shape);
        var seeded = new float[ModelShape.Weights(shape)];
        InitialWeights.Fill<float>(shape, job.Training.Seed, seeded);
        var flat = seeded.ToArray();
        InitialFile.Overlay<float>(job, facts, shape, flat);
        return (new(shape, flat), new(shape, seeded));
    }

    private static InitialMatch Match(Job job, DataFacts facts) => InitialFile.Match(job, facts, ModelShape.Of(job.Model, facts.Shape))!;

    private sealed class Parameters(IReadOnlyList<ParameterShape> shape, float[] flat)
    {
        public Parameters(TrainedModel model)
            : this(model.Shape, model.Weights)
        {
        }

        public float[] Flat => flat;

        public float[] this[string name]
        {
            get
            {
                var at = shape.TakeWhile(p => p.Name != name).Sum(p => p.Count);
                return flat[(int)at..(int)(at + shape.Single(p => p.Name == name).Count)];
            }
        }

        public float[] Row(string name, int row)
        {
            var width = this[name].Length / shape.Single(p => p.Name == name).Dims[0];
            return this[name][(row * width)..((row + 1) * width)];
        }
    }

    private static DataFacts Named(TrainedModel model, string[] names) => model.Facts with { Classes = names, Shape = model.Facts.Shape with { Classes = names.Length } };

    [Theory]
    [InlineData("b", "a", "c", "ß", "é", " ")] // as many characters as the model's, and other ones
    [InlineData("a", "b", "é")] // fewer
    [InlineData("\n", " ", "a", "b", "c", "d", "ß", "é", "😀")] // more
    public void A_token_s_row_is_that_of_its_name(params string[] vocabulary)
    {
        foreach (var tied in new[] { false, true })
        {
            var start = tied ? SampleModels.Text(SampleModels.Options().Model, TokenKind.Char, ["\n", " ", "a", "b", "ß", "😀"]) : SampleModels.Transformer();
            var known = new Parameters(start);
            var (flat, seeded) = Start(Job(start), Named(start, vocabulary));
            string[] matrices = tied ? ["token_embedding.weight"] : ["token_embedding.weight", "unembedding.weight"];
            foreach (var matrix in matrices)
            {
                for (var i = 0; i < vocabulary.Length; i++)
                {
                    var there = start.Facts.Classes.ToList().IndexOf(vocabulary[i]);
                    Assert.Equal(there < 0 ? seeded.Row(matrix, i) : known.Row(matrix, there), flat.Row(matrix, i));
                }
            }

            Assert.All(start.Shape.Where(p => !matrices.Contains(p.Name)), p => Assert.Equal(known[p.Name], flat[p.Name]));
        }
    }

    [Fact]
    public void What_starts_afresh_is_said()
    {
        var start = SampleModels.Transformer(); // \n, space, a, b, ß, 😀
        var match = Match(Job(start), Named(start, ["\t", "\n", "a", "b", "é", "ß"]));
        Assert.True(match.IsDoubtful);
        Assert.Contains(" 4 of 6 characters are in the file; 2 start afresh: U+0009, 'é'; 2 of the file's are not used: ' ', '😀'.", match.Describe());
        Assert.DoesNotContain('\n', match.Describe());
        Assert.False(Match(Job(start), start.Facts).IsDoubtful);
        Assert.False(Match(Job(start), Named(start, [.. start.Facts.Classes.Reverse()])).IsDoubtful); // nothing is lost
    }

    [Fact]
    public void A_model_whose_vocabulary_stands_in_another_order_loses_what_it_lost()
    {
        foreach (var start in new[] { SampleModels.Transformer(), SampleModels.Options() })
        {
            string[] turned = [.. start.Facts.Classes.Reverse()];
            const string Text = "ab\nbaa bab";
            string[] own = [.. Text.EnumerateRunes().Select(r => r.ToString()).Where(start.Facts.Classes.Contains).Take(7)];
            var loss = Loss(start.Model, start.Facts, start.Weights, own);
            var (flat, _) = Start(Job(start), Named(start, turned));
            Assert.Equal(loss, Loss(start.Model, Named(start, turned), flat.Flat, own), 6);
            Assert.NotEqual(loss, Loss(start.Model, Named(start, turned), start.Weights, own), 3); // so it was before: by place
        }
    }

    private static double Loss(ModelSection model, DataFacts facts, float[] weights, string[] text)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var parameters = new FlatTensor(ModelShape.Of(model, facts.Shape), Precision.Float64);
        parameters.Tensor.copy_(tensor(weights));
        var network = NetworkCatalogue.Create(model, facts.Shape);
        long[] tokens = [.. text.Select(t => (long)facts.Classes.ToList().IndexOf(t))];
        var outputs = network.Outputs(parameters.Views, tensor(tokens[..^1], [1, tokens.Length - 1]));
        return network.LossSum(outputs, tensor(tokens[1..], [1, tokens.Length - 1])).item<double>();
    }

    [Theory]
    [InlineData("a", "c", "ü")] // as many labels, and others
    [InlineData("ü", "b", "a")]
    [InlineData("b", "ü")]
    public void A_class_has_the_row_and_the_bias_of_its_label(params string[] labels)
    {
        foreach (var (model, weight, bias) in new[]
        {
            (new ModelSection { Kind = "softmax" }, "weight", "bias"),
            (new ModelSection { Kind = "mlp", Hidden = [4] }, "layers.1.weight", "layers.1.bias"),
            (new ModelSection { Kind = "mlp" }, "layers.0.weight", "layers.0.bias"),
        })
        {
            var start = SampleModels.Table(model, ["a", "b", "ü"]);
            var known = new Parameters(start);
            var (flat, seeded) = Start(Job(start), Named(start, labels));
            for (var i = 0; i < labels.Length; i++)
            {
                var there = start.Facts.Classes.ToList().IndexOf(labels[i]);
                Assert.Equal(there < 0 ? seeded.Row(weight, i) : known.Row(weight, there), flat.Row(weight, i));
                Assert.Equal(there < 0 ? seeded.Row(bias, i) : known.Row(bias, there), flat.Row(bias, i));
            }

            Assert.All(start.Shape.Where(p => p.Name != weight && p.Name != bias), p => Assert.Equal(known[p.Name], flat[p.Name]));
        }
    }

    [Fact]
    public void A_number_is_one_label_however_it_is_written()
    {
        var start = SampleModels.Table(new ModelSection { Kind = "softmax" }, ["0.0", "1.0", "10"]);
        Assert.Equal(start.Weights, Start(Job(start), Named(start, ["0", "1", "1e1"])).Flat.Flat);
        Assert.False(Match(Job(start), Named(start, ["0", "1", "1e1"])).IsDoubtful);
    }

    [Fact]
    public void Labels_none_of_which_the_model_knows_leave_its_output_layer_afresh()
    {
        var start = SampleModels.Mlp(); // 0, 1, 2
        var facts = Named(start, ["cat", "cow", "dog"]);
        var (flat, seeded) = Start(Job(start), facts);
        Assert.Equal(seeded["layers.2.weight"], flat["layers.2.weight"]);
        Assert.Equal(seeded["layers.2.bias"], flat["layers.2.bias"]);
        Assert.Equal(new Parameters(start)["layers.1.weight"], flat["layers.1.weight"]);
        var match = Match(Job(start), facts);
        Assert.Equal(["layers.2.weight", "layers.2.bias"], match.Unmatched);
        Assert.Contains("4 of 6 parameters are taken", match.Describe());
        Assert.Contains("0 of 3 classes are in the file; 3 start afresh: 'cat', 'cow', 'dog'", match.Describe());
        Assert.Contains("Not taken, as the file has none of their names: layers.2.weight, layers.2.bias.", match.Describe());
        var softmax = SampleModels.Softmax();
        Assert.Contains("Nothing could be taken", Assert.Throws<JobException>(() => Match(Job(softmax), Named(softmax, ["x", "y", "z"]))).Message);
    }

    [Fact]
    public void One_output_for_two_classes_is_turned_round_with_them_and_is_of_no_use_for_others()
    {
        var start = SampleModels.Logistic(); // no, yes
        var turned = Start(Job(start), Named(start, ["yes", "no"])).Flat.Flat;
        Assert.Equal(start.Weights.Select(w => -w), turned);
        Assert.Equal(start.Weights, Start(Job(start), start.Facts).Flat.Flat);
        Assert.Throws<JobException>(() => Match(Job(start), Named(start, ["maybe", "yes"])));
    }

    [Theory]
    [InlineData("two", "one")]
    [InlineData("two", "three")]
    [InlineData("three", "two", "one", "four")]
    [InlineData("one")]
    public void A_feature_has_the_weights_of_its_column(params string[] columns)
    {
        foreach (var (model, weight) in new[]
        {
            (new ModelSection { Kind = "softmax" }, "weight"), (new ModelSection { Kind = "mlp", Hidden = [4] }, "layers.0.weight"),
        })
        {
            var start = SampleModels.Table(model, ["a", "b", "c"]); // one, two
            var facts = start.Facts with
            {
                Columns = columns,
                Shape = start.Facts.Shape with { Features = columns.Length },
                Scaling = new([.. columns.Select(c => c == "one" ? 1.0 : 2)], [.. columns.Select(c => c == "one" ? 3.0 : 4)]),
            };
            var known = new Parameters(start)[weight];
            var (flat, seeded) = Start(Job(start), facts);
            for (var row = 0; row < known.Length / 2; row++)
            {
                for (var i = 0; i < columns.Length; i++)
                {
                    var there = Array.IndexOf(["one", "two"], columns[i]);
                    var at = (row * columns.Length) + i;
                    Assert.Equal(there < 0 ? seeded[weight][at] : known[(row * 2) + there], flat[weight][at]);
                }
            }

            Assert.Equal(columns.Except(["one", "two"]).Any(), Match(Job(start), facts).IsDoubtful);
        }
    }

    [Fact]
    public void Classes_and_columns_may_change_at_once()
    {
        var start = SampleModels.Softmax(); // a, b, ü by one, two
        var facts = Named(start, ["ü", "a"]) with { Columns = ["two", "one"], Scaling = new([2, 1], [4, 3]) };
        var w = start.Weights; // [3, 2], [3]
        Assert.Equal([w[5], w[4], w[1], w[0], w[8], w[6]], Start(Job(start), facts).Flat.Flat);
    }

    [Fact]
    public void Features_that_are_numbered_go_by_their_number_and_pixels_by_their_place()
    {
        var start = SampleModels.Softmax();
        var libsvm = start with { Data = start.Data with { Format = "libsvm", Label = null }, Facts = start.Facts with { Columns = [] } };
        var wider = libsvm.Facts with { Shape = new(3, 3), Scaling = new([1, 2, 0], [3, 4, 1]) };
        var (flat, seeded) = Start(Job(libsvm), wider);
        Assert.Equal([.. start.Weights[..2], seeded["weight"][2]], flat.Row("weight", 0));
        Assert.Contains("2 of 3 features are in the file; 1 starts afresh: '3'.", Match(Job(libsvm), wider).Describe());

        var idx = libsvm with { Data = libsvm.Data with { Format = "idx", Labels = "/d/l" } };
        Assert.False(Match(Job(idx), idx.Facts).IsDoubtful);
        Assert.Contains("'weight' is [3, 2] there and [3, 3] here", Match(Job(idx), wider).Describe());

        // Of the two only one names its columns.
        var named = Match(Job(idx, data: start.Data), start.Facts);
        Assert.Contains("Only one of the two data sets names its features: these are taken in their order.", named.Describe());
        Assert.True(named.IsDoubtful);
    }

    [Fact]
    public void A_hidden_layer_does_not_start_from_an_output_layer_of_its_sizes()
    {
        var start = SampleModels.Table(new ModelSection { Kind = "mlp", Hidden = [4] }, ["a", "b", "c"]);
        var match = Match(Job(start, start.Model with { Hidden = [4, 3] }), start.Facts);
        Assert.Equal(["layers.0.weight", "layers.0.bias"], match.Taken);
        Assert.Contains("'layers.1.weight' is [3 classes, 4] there and [3, 4] here", match.Describe());
    }

    [Fact]
    public void A_file_that_names_nothing_is_taken_in_its_order_and_that_is_said()
    {
        var start = SampleModels.Softmax();
        var job = Job(start);
        Write(start, p => p.Name, []);
        Assert.Equal(start.Weights, Start(job, Named(start, ["x", "y", "z"])).Flat.Flat);
        var match = Match(job, Named(start, ["x", "y", "z"]));
        Assert.False(match.IsDoubtful);
        Assert.EndsWith("all 2 parameters are taken. The file does not name its classes and features: they are taken in their order.", match.Describe());
    }

    [Theory]
    [InlineData("module.")]
    [InlineData("_orig_mod.")]
    [InlineData("module._orig_mod.")]
    [InlineData("_orig_mod.module.")]
    [InlineData("model.")]
    [InlineData("model._orig_mod.module.")]
    [InlineData("_fsdp_wrapped_module._checkpoint_wrapped_module.")]
    public void Names_that_wrappers_have_lengthened_are_understood_and_that_is_said(string prefix)
    {
        foreach (var start in new[] { SampleModels.Mlp(), SampleModels.Transformer() })
        {
            var job = Job(start);
            Write(start, p => prefix + p.Name, []);
            Assert.Equal(start.Weights, Start(job, start.Facts).Flat.Flat);
            var match = Match(job, start.Facts);
            Assert.Contains($"all {start.Shape.Count} parameters are taken (names are read without '", match.Describe());
            Assert.All(prefix.Split('.', StringSplitOptions.RemoveEmptyEntries), part => Assert.Contains(part, match.Describe()));

            // The same with Granary's own metadata: rows still go by name.
            Write(start, p => prefix + p.Name, SavedModel.Metadata(start.Model, start.Data, start.Facts, null));
            var turned = Start(job, Named(start, [.. start.Facts.Classes.Reverse()])).Flat;
            var last = start.Shape[^1].Name;
            Assert.Equal(new Parameters(start).Row(last, 0), turned.Row(last, start.Facts.Classes.Count - 1));
        }
    }

    [Fact]
    public void A_layer_that_was_compiled_by_itself_is_understood_too()
    {
        var start = SampleModels.Transformer();
        var job = Job(start);
        Write(start, p => p.Name.Replace("blocks.0.", "blocks.0._orig_mod.", StringComparison.Ordinal), []);
        Assert.Equal(start.Weights, Start(job, start.Facts).Flat.Flat);
    }

    [Fact]
    public void A_name_that_begins_so_by_itself_is_left_alone()
    {
        (IReadOnlyDictionary<string, string> Names, IReadOnlyList<string> Without) Unwrap(string[] names, params string[] wanted) =>
            StateDictNames.Unwrap(names, wanted.ToHashSet());

        var own = Unwrap(["model.0.weight", "model.2.weight"], "model.0.weight", "model.2.weight");
        Assert.Empty(own.Without);
        Assert.Equal("model.0.weight", own.Names["model.0.weight"]);
        Assert.Equal("module.model.0.weight", Unwrap(["module.model.0.weight"], "model.0.weight").Names["model.0.weight"]);
        var mixed = Unwrap(["module.weight", "module.bias", "epoch"], "weight", "bias");
        Assert.Equal(["bias", "epoch", "weight"], mixed.Names.Keys.Order());
        Assert.Equal(["module."], mixed.Without);
        Assert.Empty(Unwrap(["module.other"], "weight").Without);
    }

    [Fact]
    public void A_file_with_a_wrapper_s_names_is_no_model_to_predict_with_and_the_message_says_what_it_holds()
    {
        var start = SampleModels.Softmax();
        Write(start, p => "module." + p.Name, SavedModel.Metadata(start.Model, start.Data, start.Facts, null));
        var message = Assert.Throws<JobException>(() => TrainedModel.Load(_folder["start.safetensors"])).Message;
        Assert.Contains("lacks the tensors 'weight', 'bias' and holds the tensors 'module.", message);
        Write(start, p => "module." + p.Name, []);
        Assert.Contains("no model that Granary saved", Assert.Throws<JobException>(() => TrainedModel.Load(_folder["start.safetensors"])).Message);
    }

    [Fact]
    public void Features_that_are_standardised_otherwise_are_told()
    {
        var start = SampleModels.Softmax(); // means 1 and 2, deviations 3 and 4
        string Describe(Scaling? scaling) => Match(Job(start), start.Facts with { Scaling = scaling }).Describe();
        Assert.EndsWith("all 2 parameters are taken.", Describe(new([1, 2], [3, 4])));
        Assert.EndsWith("all 2 parameters are taken.", Describe(new([1.1, 2.1], [3.1, 4.1])));
        Assert.Contains("Its features were standardised otherwise: 'two' has mean 7 and deviation 4 here, 2 and 4 there", Describe(new([1, 7], [3, 4])));
        Assert.Contains("'one' has mean 1 and deviation 6 here, 1 and 3 there", Describe(new([1, 2], [6, 4])));
        Assert.Contains("'one' has mean 1 and deviation 0 here", Describe(new([1, 2], [0, 4])));
        Assert.Contains("The model standardised its features and this job does not", Describe(null));
        Assert.True(Match(Job(start), start.Facts with { Scaling = null }).IsDoubtful);
        Assert.Contains(
            "This job standardises its features and the model did not",
            Match(Job(start with { Facts = start.Facts with { Scaling = null } }), start.Facts).Describe());
    }

    [Fact]
    public void Columns_that_are_scaled_otherwise_are_told_too()
    {
        var start = SampleModels.Softmax(); // means 1 and 2, deviations 3 and 4
        static FittedColumn Column(string name, double center, double divisor) =>
            new(name, new ColumnSection { Kind = "numeric", Missing = MissingRule.Refuse, Scale = ColumnScale.Standard }) { Center = [center], Divisor = [divisor] };
        DataFacts Facts(double center) => start.Facts with { Scaling = null, Table = new TableEncoding([Column("one", 1, 3), Column("two", center, 4)]) };
        Assert.EndsWith("all 2 parameters are taken.", Match(Job(start), Facts(2)).Describe());
        Assert.Contains("Its features were standardised otherwise: 'two' has mean 7 and deviation 4 here, 2 and 4 there", Match(Job(start), Facts(7)).Describe());
        Assert.Contains("'two' has mean 7 and deviation 4 here, 0 and 1 there", Match(Job(start with { Facts = start.Facts with { Scaling = null } }), Facts(7)).Describe());
    }

    [Fact]
    public void A_model_of_one_s_own_is_matched_by_what_grows_with_its_classes_and_features()
    {
        var start = Own("plain", 2, ["one", "two"], ["a", "b", "c"]);
        var facts = Named(start, ["c", "d", "a"]) with { Columns = ["two", "one"] };
        var (flat, seeded) = Start(Job(start), facts);
        var w = start.Weights; // linear.weight [3, 2], linear.bias [3]
        Assert.Equal([w[5], w[4], seeded.Flat[2], seeded.Flat[3], w[1], w[0], w[8], seeded.Flat[7], w[6]], flat.Flat);
        Assert.Contains("2 of 3 classes are in the file; 1 starts afresh: 'd'", Match(Job(start), facts).Describe());
        Assert.Equal(w, Start(Job(start), start.Facts).Flat.Flat);
    }

    [Fact]
    public void Where_it_cannot_be_told_what_grows_the_order_is_kept_and_that_is_said()
    {
        string[] columns = [.. Enumerable.Range(0, 64).Select(i => $"p{i}")];
        var start = Own("digits-cnn", 64, columns, ["0", "1", "2"]);
        var turned = start.Facts with { Columns = [.. columns.Reverse()] };
        Assert.Equal(start.Weights, Start(Job(start), turned).Flat.Flat);
        Assert.Contains("which weights of a digits-cnn belong to which of them cannot be told: they are taken in their order.", Match(Job(start), turned).Describe());
        Assert.True(Match(Job(start), turned).IsDoubtful);
        Assert.False(Match(Job(start), start.Facts).IsDoubtful);

        // Of classes it can.
        var classes = Match(Job(start), Named(start, ["0", "2", "7"]));
        Assert.Equal([-1], classes.Sources.Values.SelectMany(s => s.Places).Where(p => p is not null).Select(p => p![2]).Distinct());
    }

    private static TrainedModel Own(string kind, int features, string[] columns, string[] classes)
    {
        var model = Kinds.Model(kind) with { Precision = Precision.Float32 };
        var facts = new DataFacts(new InputShape(features, classes.Length), classes, [1], [0], null) { Columns = columns };
        var shape = ModelShape.Of(model, facts.Shape);
        float[] weights = [.. Enumerable.Range(1, (int)ModelShape.Weights(shape)).Select(i => i / 16f)];
        return new TrainedModel("own", model, new DataSection { Format = "csv", Path = "/d/points.csv", Label = "y" }, facts, shape, weights);
    }

    [Fact]
    public void Byte_pairs_go_by_the_bytes_of_a_token()
    {
        // a, b and every byte that stands as itself; "ab" is the only pair that is merged. The second vocabulary numbers its tokens from the other end.
        string[] tokens = [.. TokenFiles.ByteCharacters.Select(c => c.ToString()), "ab"];
        string Vocab(IEnumerable<string> names) => JsonSerializer.Serialize(names.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i));
        var merges = _folder.Write("merges.txt", "a b\n");
        DataSection Data(string file, IEnumerable<string> names) => new()
        {
            Format = "text",
            Path = "/d/t.txt",
            Tokens = TokenKind.Bpe,
            Vocab = _folder.Write(file, Vocab(names)),
            Merges = merges,
        };

        var (first, second) = (Data("1.json", tokens), Data("2.json", tokens.Reverse()));
        var start = SampleModels.Text(SampleModels.Transformer().Model, TokenKind.Bpe, tokens) with { Data = first };
        start = start with { Facts = start.Facts with { Classes = [] } };
        var known = new Parameters(start);
        var (flat, _) = Start(Job(start, data: second), start.Facts);
        Assert.All(Enumerable.Range(0, tokens.Length), i => Assert.Equal(
            known.Row("unembedding.weight", i), flat.Row("unembedding.weight", tokens.Length - 1 - i)));
        Assert.Equal(start.Weights, Start(Job(start, data: first), start.Facts).Flat.Flat);
        Assert.False(Match(Job(start, data: second), start.Facts).IsDoubtful);

        // An encoding known by name has the same single bytes where these are characters.
        var named = start.Facts with { Shape = new(0, BytePairs.Of(TokenEncoding.Cl100kBase, null).Count) };
        var data = second with { Vocab = null, Merges = null, Encoding = TokenEncoding.Cl100kBase };
        var a = BytePairs.Of(TokenEncoding.Cl100kBase, null).Encode("a", "t").Single();
        Assert.Equal(known.Row("token_embedding.weight", Array.IndexOf(tokens, "a")), Start(Job(start, data: data), named).Flat.Row("token_embedding.weight", a));
        Assert.Contains($"of {named.Shape.Classes} tokens are in the file", Match(Job(start, data: data), named).Describe());
    }

    private void Write(TrainedModel model, Func<ParameterShape, string> name, Dictionary<string, string> metadata)
    {
        using var file = File.Create(_folder["start.safetensors"]);
        SafetensorsWriter.Write(file, metadata, [.. model.Shape.Select(p => p with { Name = name(p) })], model.Weights);
    }
}
