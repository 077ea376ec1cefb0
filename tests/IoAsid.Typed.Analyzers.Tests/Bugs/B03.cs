// An unbind uses the data of a domain after the domain was freed.
sealed class Unbind
{
    public static int LastUsers(IoAsidReference<SvaBinding> domain)
    {
        domain.Dispose();
        return domain.Data.Users; // IOASID2002
    }
}
