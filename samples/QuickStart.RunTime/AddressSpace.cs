namespace QuickStart.RunTime;

/// <summary>The memory of a process. Also the token that says who owns a set.</summary>
public sealed class AddressSpace(string process)
{
    public override string ToString() => process;
}
