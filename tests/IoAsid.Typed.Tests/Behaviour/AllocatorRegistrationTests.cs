using IoAsid.Typed.Tests.Fixtures;

namespace IoAsid.Typed.Tests.Behaviour;

/// <summary>
/// Compares the registration of custom allocators with a small state machine, over every sequence of up to six operations: two allocators of one number space, one
/// of another, and an id that is outstanding or not.
/// </summary>
public sealed class AllocatorRegistrationTests
{
    private const int LongestSequence = 6;

    private static readonly string[] Operations =
        ["register A", "register B", "register C", "unregister A", "unregister B", "unregister C", "allocate", "free"];

    [Fact]
    public void Registration_agrees_with_its_state_machine_in_every_sequence()
    {
        int sequences = 0;
        Span<int> sequence = stackalloc int[LongestSequence];
        for (int number = 0; number < Math.Pow(Operations.Length, LongestSequence); number++)
        {
            int left = number;
            for (int step = 0; step < LongestSequence; step++, left /= Operations.Length)
                sequence[step] = left % Operations.Length;

            // A first operation of this kind changes nothing, so the sequence tests no more than a shorter one.
            if (Operations[sequence[0]].StartsWith("unregister", StringComparison.Ordinal) || Operations[sequence[0]] == "free")
                continue;

            Run(sequence);
            sequences++;
        }

        Assert.True(sequences > 100_000);
    }

    private static void Run(ReadOnlySpan<int> sequence)
    {
        using Trial trial = new();
        foreach (int operation in sequence)
            trial.Do(Operations[operation]);
    }

    /// <summary>A space and its model, whose answers must agree.</summary>
    private sealed class Trial : IDisposable
    {
        private static readonly object AandB = new();
        private static readonly object OnlyC = new();

        private readonly IoAsidSpace _space = new(new IoAsidSpaceOptions { Capacity = 16 });
        private readonly IoAsidSet<SvaBinding> _set;
        private readonly Dictionary<string, NamedAllocator> _allocators = [];
        private readonly List<List<string>> _groups = [];
        private readonly List<string> _done = [];
        private IoAsidHandle<SvaBinding> _handle;
        private bool _outstanding;
        private string? _called;

        public Trial()
        {
            _set = _space.CreateSet<SvaBinding>("set");
            foreach ((string name, object numbers) in new[] { ("A", AandB), ("B", AandB), ("C", OnlyC) })
                _allocators[name] = new NamedAllocator(name, numbers, called => _called = called);
        }

        private string? Expected => _groups.Count == 0 ? null : _groups[0][0];

        public void Do(string operation)
        {
            _done.Add(operation);
            string[] words = operation.Split(' ');
            switch (words[0])
            {
                case "register":
                    Compare(() => _space.RegisterAllocator(_allocators[words[1]]), RegisterInModel(words[1]));
                    break;
                case "unregister":
                    Compare(() => _space.UnregisterAllocator(_allocators[words[1]]), UnregisterInModel(words[1]));
                    break;
                case "allocate" when !_outstanding:
                    CompareCall(() => _handle = _set.Allocate(null, 5, 5));
                    _outstanding = true;
                    break;
                case "free" when _outstanding:
                    CompareCall(() => _handle.Free());
                    _outstanding = false;
                    break;
                default:
                    break;
            }
        }

        public void Dispose() => _space.Dispose();

        /// <summary>Returns the expected exception of the operation. If no exception is expected, updates the model and returns null.</summary>
        private Type? RegisterInModel(string name)
        {
            if (_groups.Exists(group => group.Contains(name)))
                return typeof(ArgumentException);

            if (_groups.Find(group => Numbers(group[0]) == Numbers(name)) is { } shared)
            {
                shared.Add(name);
                return null;
            }

            if (_groups.Count == 0 && _outstanding)
                return typeof(InvalidOperationException);

            _groups.Add([name]);
            return null;
        }

        private Type? UnregisterInModel(string name)
        {
            List<string>? group = _groups.Find(group => group.Contains(name));
            if (group is null)
                return typeof(ArgumentException);

            if (group.Count == 1 && group == _groups[0] && _outstanding)
                return typeof(InvalidOperationException);

            group.Remove(name);
            _groups.RemoveAll(left => left.Count == 0);
            return null;
        }

        private object Numbers(string name) => _allocators[name].NumberSpace;

        private void Compare(Action operation, Type? expected)
        {
            Type? thrown = null;
            try
            {
                operation();
            }
            catch (InvalidOperationException exception)
            {
                thrown = exception.GetType();
            }
            catch (ArgumentException exception)
            {
                thrown = exception.GetType();
            }

            Require(thrown == expected, $"expected {expected?.Name ?? "success"}, got {thrown?.Name ?? "success"}");
        }

        private void CompareCall(Action operation)
        {
            _called = null;
            operation();
            Require(_called == Expected, $"expected a call of {Expected ?? "none"}, got {_called ?? "none"}");
        }

        private void Require(bool holds, string otherwise)
        {
            if (!holds)
                Assert.Fail($"{string.Join(", ", _done)}: {otherwise}.");
        }
    }

    private sealed class NamedAllocator(string name, object numberSpace, Action<string> called) : IoAsidNumberAllocator
    {
        public override object NumberSpace => numberSpace;

        public override uint? Allocate(uint min, uint max)
        {
            called(name);
            return min;
        }

        public override void Free(uint number) => called(name);
    }
}
