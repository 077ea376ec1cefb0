namespace IoAsid.Typed.Mutations;

public sealed class RenamingTests
{
    [Theory]
    [InlineData("PasidTable=PasidDirectory", "PasidTable.Free", "PasidDirectory.Free")]
    [InlineData("PasidTable=PasidDirectory", "Unit.PasidTable.Free", "Unit.PasidDirectory.Free")]
    [InlineData("PasidTable=PasidDirectory", "PasidTables.Free", "PasidTables.Free")]
    [InlineData("Free=Release", "PasidTable.Free~2", "PasidTable.Release~2")]
    [InlineData("PasidTable.Free=Directory.Release", "PasidTable.Free", "Directory.Release")]
    [InlineData("PasidTable.Free=Directory.Release", "RootTable.Free", "RootTable.Free")]
    [InlineData("ATests.Says_no=BTests.Refuses", "ATests.Says_no[3]", "BTests.Refuses[3]")]
    [InlineData("A=B, B=C", "A.Run", "C.Run")]
    public void Renaming_replaces_whole_parts(string names, string before, string after) =>
        Assert.Equal(after, Renaming.Parse(names).Apply(before));

    [Theory]
    [InlineData("PasidTable")]
    [InlineData("=PasidTable")]
    [InlineData("A=B=C")]
    public void Renaming_without_two_names_is_refused(string names) => Assert.Throws<FormatException>(() => Renaming.Parse(names));

    [Fact]
    public void Table_renames_members_and_tests_and_keeps_reasons()
    {
        KillerTable table = KillerTable.Parse("Old.Run\t12345678\n\tstep\ta();\tOldTests.Runs[1]\n\tstep\tb();\tequivalent: Old keeps it\n");

        Assert.Equal(
            "New.Run\t12345678\n\tstep\ta();\tNewTests.Runs[1]\n\tstep\tb();\tequivalent: Old keeps it\n",
            table.Renamed(Renaming.Parse("Old=New,OldTests=NewTests")).ToString());
    }

    [Fact]
    public void Two_members_with_one_new_name_are_refused()
    {
        KillerTable table = KillerTable.Parse("A.Run\t1\nB.Run\t2\n");

        Assert.Throws<InvalidOperationException>(() => table.Renamed(Renaming.Parse("B=A")));
    }
}
