using CsCheck;
using IoAsid.Typed.Allocation;

namespace IoAsid.Typed.Tests.Parts;

/// <summary>The bitmaps of free numbers agree with a plain set of the taken numbers, for each depth of the tree of bitmaps.</summary>
public sealed class FreeNumbersTests
{
    private enum Verb
    {
        TakeCached,
        TakeLowest,
        TakeMany,
        TakeThis,
        TakeNear,
        ReturnThis,
        ReturnMany,
        TakeFullWord,
        Trim,
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(63u)]
    [InlineData(64u)]
    [InlineData(4_095u)]
    [InlineData(4_096u)]
    [InlineData(70_000u)]
    [InlineData((1u << 20) - 1)]
    [InlineData((1u << 30) + 5)]
    [InlineData(uint.MaxValue)]
    public void Results_agree_with_those_of_a_plain_set(uint highest)
    {
        Gen<uint> numbers = Gen.Frequency(
            (3, Gen.UInt[0, 130]), (2, Gen.UInt[4_030, 4_160]), (1, Gen.UInt[0, highest]), (1, Gen.UInt[0, 200].Select(below => highest - below)));
        Gen.Select(Gen.Enum<Verb>(), numbers, numbers, (verb, x, y) => (verb, x: Math.Min(x, highest), y: Math.Min(y, highest))).Array[1, 60]
            .Sample(steps => new Trial(highest).Run(steps), iter: 60);
    }

    [Fact]
    public void A_full_space_gives_a_number_only_after_a_return()
    {
        FreeNumbers free = new(4_095);
        for (uint number = 0; number < 4_096; number++)
            Assert.True(free.TryTakeLowest(0, 4_095, out uint taken) && taken == number);

        Assert.False(free.TryFindCached(out _) || free.TryTakeLowest(0, 4_095, out _) || free.TryTake(77) || free.IsFree(77));
        free.Return(77);
        Assert.True(free.IsFree(77) && free.TryFindCached(out uint again) && again == 77);
    }

    private sealed class Trial(uint highest)
    {
        private readonly FreeNumbers _free = new(highest);
        private readonly HashSet<uint> _taken = [];

        public void Run((Verb Verb, uint X, uint Y)[] steps)
        {
            foreach ((Verb verb, uint x, uint y) in steps)
            {
                Do(verb, Math.Min(x, y), Math.Max(x, y));
                Assert.Equal((!_taken.Contains(x), !_taken.Contains(y)), (_free.IsFree(x), _free.IsFree(y)));
            }
        }

        private void Do(Verb verb, uint low, uint high)
        {
            switch (verb)
            {
                case Verb.TakeCached:
                    TakeCached();
                    break;
                case Verb.TakeLowest:
                    TakeLowest(low, high);
                    break;
                case Verb.TakeMany:
                    TakeMany(low, 200);
                    break;
                case Verb.Trim:
                    _free.Trim(low);
                    _free.Trim(high);
                    break;
                case Verb.TakeFullWord:
                    TakeMany(low & ~63u, 64);
                    break;
                case Verb.TakeThis:
                    Assert.Equal(_taken.Add(low), _free.TryTake(low));
                    break;
                case Verb.TakeNear:
                    TakeNear(low, high);
                    break;
                case Verb.ReturnThis:
                    Return(low);
                    break;
                default:
                    ReturnMany(low, high);
                    break;
            }
        }

        /// <summary>Takes the number that the cached leaf gives, unless it is above the highest one. It must be the lowest free number.</summary>
        private void TakeCached()
        {
            uint? lowest = Lowest(0, highest);
            if (_free.TryFindCached(out uint number) && number <= highest)
            {
                Assert.Equal(lowest, number);
                _free.TakeCached(number);
                _taken.Add(number);
            }
        }

        /// <summary>Takes the lowest free numbers of a group of 16 or 64 that has a taken number.</summary>
        private void TakeNear(uint number, uint choice)
        {
            if (!_taken.Contains(number) && !TakeLowest(number, number))
                return;

            int size = choice % 2 == 0 ? 16 : 64;
            int most = (int)(choice % 67);
            uint first = number & ~((uint)size - 1);
            uint[] expected = [.. Enumerable.Range(0, size).Select(place => (long)first + place).Where(near => near <= highest).Select(near => (uint)near)
                .Where(near => !_taken.Contains(near)).Take(most)];
            ulong taken = _free.TakeNear(number, size, most);
            Assert.Equal(expected, Enumerable.Range(0, 64).Where(place => (taken >> place & 1) != 0).Select(place => (number & ~63u) + (uint)place));
            _taken.UnionWith(expected);
        }

        private bool TakeLowest(uint min, uint max)
        {
            uint? expected = Lowest(min, max);
            uint? taken = _free.TryTakeLowest(min, max, out uint number) ? number : null;
            Assert.Equal(expected, taken);
            return taken is not null && _taken.Add(number);
        }

        private void TakeMany(uint from, int count)
        {
            while (count-- > 0 && TakeLowest(from, highest))
            {
            }
        }

        private void Return(uint number)
        {
            if (_taken.Remove(number))
                _free.Return(number);
        }

        private void ReturnMany(uint low, uint high)
        {
            foreach (uint number in _taken.Where(number => number >= low && number <= high).Take(70).ToArray())
                Return(number);
        }

        private uint? Lowest(uint min, uint max)
        {
            uint number = min;
            while (_taken.Contains(number))
            {
                if (number == max)
                    return null;

                number++;
            }

            return number;
        }
    }
}
