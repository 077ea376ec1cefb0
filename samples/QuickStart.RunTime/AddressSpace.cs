namespace QuickStart.RunTime;

/// <summary>The memory of a process. It is also the token of the owner of a set.</summary>
public sealed class AddressSpace(string process)
{
    public override string ToString() => process;
}
